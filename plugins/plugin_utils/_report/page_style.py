# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the page looks: two palettes, whose contrast the tests compute, and a style sheet that names no colour itself.
Paper is always light."""

from __future__ import annotations

from collections.abc import Mapping

from .page_text import TONES

LIGHT: Mapping[str, str] = {
    "paper": "#f4f3ef",
    "card": "#ffffff",
    "ink": "#1c2126",
    "muted": "#565e66",
    "line": "#dcd9d1",
    "edge": "#8a8d8c",
    "link": "#0b5394",
    "bar": "#5f8dbd",
    "track": "#e9e7e1",
    "critical": "#a81420",
    "critical-soft": "#fde7e6",
    "warning": "#774900",
    "warning-soft": "#fcedcd",
    "unknown": "#583b9c",
    "unknown-soft": "#ece6fa",
    "info": "#1b5686",
    "info-soft": "#e2eef8",
    "ok": "#17633a",
    "ok-soft": "#e0f2e6",
}
DARK: Mapping[str, str] = {
    "paper": "#121519",
    "card": "#1b2026",
    "ink": "#e9e7e2",
    "muted": "#a6aeb6",
    "line": "#333a42",
    "edge": "#747d86",
    "link": "#86bdf3",
    "bar": "#5588bb",
    "track": "#2b323a",
    "critical": "#ff9c94",
    "critical-soft": "#4b1a1c",
    "warning": "#f1bf62",
    "warning-soft": "#3d2e0e",
    "unknown": "#c6b5f8",
    "unknown-soft": "#2e264b",
    "info": "#93c7f0",
    "info-soft": "#17324a",
    "ok": "#83d5a5",
    "ok-soft": "#153726",
}

_RULES = """
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:5.5rem}
body{margin:0;background:var(--paper);color:var(--ink);overflow-wrap:anywhere;
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans","DejaVu Sans",sans-serif}
[hidden]{display:none!important}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:4px}
summary:focus-visible,.tbl:focus-visible{outline-offset:-3px}
h1,h2,h3,h4,p,ul,ol,dl,dd,figure,fieldset{margin:0;padding:0}
h1{font-size:clamp(1.5rem,1rem + 2.4vw,2.25rem);line-height:1.15;letter-spacing:-.015em;text-wrap:balance}
h2{font-size:1.25rem;line-height:1.25;margin:2.75rem 0 .875rem;letter-spacing:-.005em}
h2+.lead{color:var(--muted);margin:-.5rem 0 1rem;max-width:46rem}
h3{font-size:1rem;line-height:1.35}
h4{font-size:.8125rem;color:var(--muted);margin:1.5rem 0 .5rem;font-weight:650}
ul,ol{list-style:none}
.page{max-width:72rem;margin:0 auto;padding:0 1.25rem}
.skip{position:absolute;left:-99rem;top:.5rem;z-index:3;background:var(--card);padding:.5rem .75rem}
.skip:focus{left:.5rem}
.defs{position:absolute;width:0;height:0}
.i{width:1em;height:1em;flex:none;vertical-align:-.125em}
.k{fill:none;stroke:var(--card);stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.kf{fill:var(--card)}
.nil{color:var(--unknown);font-style:italic}
.calm,.of,.ago,.who,.where{color:var(--muted)}

header{padding:2.25rem 0 0}
.to,.of bdi,.who bdi{display:inline-block;max-width:100%}
.kicker{display:flex;justify-content:space-between;align-items:center;gap:1rem;min-height:2.25rem;
color:var(--muted);font-weight:600}
.state{font-weight:650}
.answer{display:grid;grid-template-columns:auto 1fr;gap:.25rem 1rem;align-items:center;margin:.75rem 0 1.5rem}
.answer>.i{width:2.75rem;height:2.75rem}
.answer p{grid-column:2;color:var(--muted)}
.nums{display:grid;grid-template-columns:repeat(7,1fr);border:1px solid var(--line);border-radius:12px;
background:var(--card);overflow:hidden}
.nums div{padding:.75rem 1rem;box-shadow:-1px -1px 0 var(--line)}
.nums dt{font-size:.875rem;color:var(--muted)}
.nums dd{font-size:1.5rem;line-height:1.2;font-weight:650;font-variant-numeric:tabular-nums}
.nums dd small{font-size:.875rem;font-weight:400;color:var(--muted)}
.notice{margin-top:1rem;padding:.625rem 1rem;border-radius:10px;background:var(--unknown-soft)}

.controls{position:sticky;top:0;z-index:2;margin:1.25rem 0 0;background:var(--paper);
border-bottom:1px solid var(--line);
display:flex;flex-wrap:wrap;gap:.5rem 1.25rem;align-items:center;padding:.625rem 0}
fieldset{border:0;display:flex;flex-wrap:wrap;gap:.25rem}
legend,.vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.chip{position:relative}
.chip input{position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0;cursor:pointer}
.chip span{display:flex;gap:.375rem;align-items:center;padding:.25rem .625rem;border:1px solid var(--edge);
border-radius:99px;
font-size:.875rem;min-height:2rem}
.chip input:checked+span{background:var(--ink);color:var(--paper);border-color:var(--ink)}
.chip input:checked+span .i{color:inherit}
.chip input:checked+span .k{stroke:var(--ink)}
.chip input:checked+span .kf{fill:var(--ink)}
.chip input:focus-visible+span{outline:3px solid var(--link);outline-offset:2px}
.find{flex:1 1 12rem;display:flex;gap:.5rem;align-items:center}
input[type=search]{flex:1;min-width:0;font:inherit;font-size:.9375rem;color:inherit;background:var(--card);
border:1px solid var(--edge);
border-radius:8px;padding:.25rem .625rem;min-height:2.25rem}
button{font:inherit;font-size:.875rem;color:var(--ink);background:var(--card);border:1px solid var(--edge);
border-radius:8px;
padding:.25rem .75rem;min-height:2.25rem;cursor:pointer}
button:hover{border-color:var(--ink)}
#said{font-size:.875rem;color:var(--muted);flex-basis:100%}

.badge{display:inline-flex;gap:.375rem;align-items:center;padding:.0625rem .5rem .0625rem .375rem;border-radius:99px;
font-size:.8125rem;line-height:1.5rem;font-weight:650;white-space:nowrap;align-self:start;justify-self:start}
.say>.badge{margin-right:.375rem}

.todo{background:var(--card);border:1px solid var(--line);border-radius:12px}
.do{display:grid;grid-template-columns:14rem minmax(0,1fr);gap:.25rem 1.5rem;padding:.875rem 1.125rem}
.do+.do{border-top:1px solid var(--line)}
.what .badge{margin-bottom:.25rem}
.n{color:var(--muted);font-size:.875rem;font-weight:400}
.n::before{content:"\\d7\\a0"}
.do li{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,19rem);gap:.125rem 1.5rem;padding-bottom:.375rem}
.where{font-size:.875rem;text-align:right;line-height:1.7}
.cure{max-width:52rem;padding-left:1.5rem;position:relative}
.cure::before{content:"\\2192";content:"\\2192"/"";position:absolute;left:0;color:var(--muted)}
.do details>summary{color:var(--link);padding-bottom:.375rem}

.stars{columns:26rem;column-gap:1rem}
.many{columns:20rem}
.star{display:block;width:100%;height:auto;margin:0 0 1rem;break-inside:avoid;background:var(--card);
border:1px solid var(--line);border-radius:12px;padding:6px 8px}
.star text{fill:var(--ink);text-anchor:middle;font-size:11.5px;unicode-bidi:isolate}
.star .srv{font-weight:650;font-size:13px}
.star .small{font-size:10.5px}
.star .sub,.star .st{fill:var(--muted);font-size:11px}
.star .rel{font-size:12px}
.star a:hover .rel{text-decoration:underline}
.box rect{fill:var(--paper);stroke:var(--edge)}
.box.dark rect{stroke:var(--unknown);stroke-dasharray:4 3;stroke-width:1.5}
.box.dark .sub{fill:var(--unknown)}
.box.again rect{fill:var(--card)}
.e{fill:none;stroke-width:2}
.e.ok{stroke-width:1.5}
.e.warning{stroke-dasharray:9 4}
.e.critical{stroke-width:4}
.e.unknown{stroke-dasharray:0 5;stroke-linecap:round;stroke-width:2.5}
.back{fill:var(--card)}
.back.page{fill:var(--paper)}
.dim{opacity:.2}
.legend{margin-top:.25rem;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;font-size:.875rem;color:var(--muted)}
.legend svg{width:56px;height:16px;vertical-align:-3px}
.stars+details>summary{padding:.25rem 0 .75rem}
.legend+details{margin-top:.5rem}
.legend+details li{padding:.125rem 0}

.panel{background:var(--card);border:1px solid var(--line);border-radius:12px;margin-bottom:.5rem}
summary{cursor:pointer}
.panel>summary,.head{display:grid;grid-template-columns:6.5rem minmax(0,1fr) auto;gap:.25rem 1rem;
align-items:start;padding:.75rem 1.125rem;
border-radius:12px;list-style:none}
.panel>summary::-webkit-details-marker{display:none}
.panel>summary h3::before{content:"";display:inline-block;width:.4em;height:.4em;margin-right:.625em;
border:solid var(--muted);
border-width:0 2px 2px 0;transform:rotate(-45deg) translateY(-.15em)}
.panel[open]>summary h3::before{transform:rotate(45deg) translate(-.15em,-.1em)}
.panel>summary:hover h3{text-decoration:underline;text-underline-offset:.2em}
.head h3{padding-left:1.0625em}
.id{display:block;min-width:0}
.who{display:block;font-size:.875rem;padding-left:1.125rem}
.sum{display:flex;gap:0 1.25rem;font-size:.875rem;color:var(--muted)}
.ans{display:block;width:5.75rem}
.ans>span{display:block;font-size:.8125rem}
.ans b{display:block;font-weight:600;white-space:nowrap}
.server .ans,.nums .ans{width:auto}
.ans .i{margin-right:.3em}
.in{padding:.25rem 1.125rem 1.25rem;border-top:1px solid var(--line);scroll-margin-top:8rem}
.halves{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(20rem,100%),1fr));gap:.25rem 2rem;
padding:.75rem 0}
.set{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(14.5rem,100%),1fr));gap:.625rem 1.5rem}
.set dt{font-size:.8125rem;color:var(--muted)}
.set dd{font-variant-numeric:tabular-nums}
.fact{padding:.75rem 0;border-top:1px solid var(--line)}
.fact:first-child{border:0;padding-top:0}
.fact details{margin-top:.375rem;font-size:.9375rem}
.fact details>summary,.legend+details>summary{color:var(--muted);font-size:.875rem}
.fact dl{display:grid;grid-template-columns:minmax(6rem,max-content) 1fr;gap:.125rem 1rem;padding:.25rem 0}
.fact dt{color:var(--muted)}
.fact dl dl{padding:0}
.line{border-left:2px solid var(--line);margin-left:.25rem}
.line li{padding:.125rem 0 .375rem 1rem;position:relative}
.line li::before{content:"";position:absolute;left:-5px;top:.65em;width:8px;height:8px;border-radius:50%;
background:var(--edge)}
.line time{color:var(--muted);font-variant-numeric:tabular-nums;margin-right:.5rem}
.list{background:var(--card);border:1px solid var(--line);border-radius:12px}
.server{border:0;border-radius:0;margin:0;background:none}
.server+.server{border-top:1px solid var(--line)}
.server>summary,.head{padding-block:.5rem;align-items:center}
.with{padding-top:.75rem;display:flex;flex-wrap:wrap;gap:.125rem 1rem}
.see{margin-top:.5rem}
.why,.alone{padding-top:.75rem}

.scopes{margin-top:1.25rem}
.scopes h4{display:inline}
.scopes>summary{padding:.25rem 0;color:var(--muted)}
.tbl{overflow-x:auto}
.large{content-visibility:auto;contain-intrinsic-size:auto 60rem}
table{border-collapse:collapse;font-size:.875rem;font-variant-numeric:tabular-nums;overflow-wrap:normal}
.sc{width:100%;min-width:44rem}
th,td{text-align:left;vertical-align:top;padding:.3125rem .75rem .3125rem 0;border-bottom:1px solid var(--line);
font-weight:400}
thead th{color:var(--muted);font-size:.8125rem;white-space:nowrap}
.sc th,.sc td:nth-child(3){white-space:nowrap}
.sc td:nth-child(2){overflow-wrap:anywhere;min-width:8rem;max-width:16rem}
.sc tr>:nth-child(5){width:7rem;min-width:7rem}
.sc tr>:nth-child(n+6){text-align:right}
.sc tr>:last-child{padding-right:.25rem}
.sc thead th:nth-child(n+7){white-space:normal;overflow-wrap:anywhere;min-width:6rem;max-width:12rem}
td[class^=w],.bar{padding-bottom:.5rem;background:
linear-gradient(var(--bar),var(--bar)) 0 calc(100% - .1875rem)/calc((100% - .75rem)*var(--p,0)) 4px no-repeat,
linear-gradient(var(--track),var(--track)) 0 calc(100% - .1875rem)/calc(100% - .75rem) 4px no-repeat}
.bar{padding-right:.75rem}
td.w,.bar.w{background:none}
.ev{margin:.25rem 0}

footer{margin:3rem 0 2rem;padding-top:1rem;border-top:1px solid var(--line);font-size:.875rem;color:var(--muted)}
"""
_NARROW = """
@media(max-width:60rem),print{
.nums{grid-template-columns:repeat(12,1fr)}
.nums div{grid-column:span 4}
.nums .ans{grid-column:span 3}
.do{grid-template-columns:10.5rem minmax(0,1fr)}
.do li{grid-template-columns:minmax(0,1fr)}
.where{text-align:left}
}
@media screen and (max-width:46rem){
.page{padding:0 1rem}
header{padding-top:1rem}
.nums div{padding:.625rem .75rem}
.nums .ans{padding:.625rem .5rem;min-width:0}
.nums dt{font-size:.8125rem}
.nums dd{font-size:1.25rem}
.answer{align-items:start}
.answer>.i{width:2rem;height:2rem}
.controls{position:static}
html{scroll-padding-top:1rem}
.do{grid-template-columns:minmax(0,1fr)}
.panel>summary,.head{grid-template-columns:minmax(0,1fr) auto}
.panel .badge{order:1}
.in .badge{order:0}
.sum{order:2;grid-column:1/3;padding-left:1.125rem;gap:0 1rem;flex-wrap:wrap}
.panel .ans{min-width:0;width:auto;flex:0 1 auto}
.set{grid-template-columns:repeat(2,minmax(0,1fr))}
.line time{display:block}
.fact dl{grid-template-columns:minmax(0,1fr)}
.fact dd{margin-bottom:.25rem}
}
"""
_PRINT = """
@media print{
@page{margin:14mm}
body{font-size:10pt;background:none}
*,::before,::after{print-color-adjust:exact;-webkit-print-color-adjust:exact}
.skip,.controls,button,.legend+details>summary{display:none!important}
.page{max-width:none;padding:0}
header{padding:0}
details::details-content{content-visibility:visible;display:block;block-size:auto}
.tbl{content-visibility:visible;overflow:visible}
.panel>summary h3::before{display:none}
.panel{border-width:1px 0 0;border-radius:0}
.panel>summary,.head,h2,h3,h4,.what{break-after:avoid}
.do li,.fact,.star,tr,.halves,.set{break-inside:avoid}
thead{display:table-header-group}
table,.sc :is(th,td){white-space:normal!important;overflow-wrap:anywhere;min-width:0}
.sc{table-layout:fixed;min-width:0;font-size:8.5pt}
.sc tr>:nth-child(1){width:17%}
.sc tr>:nth-child(2){width:14%}
.sc tr>:nth-child(3){width:20%}
.sc tr>:nth-child(4),.sc tr>:nth-child(6){width:8%}
.sc tr>:nth-child(5){width:9%;min-width:0}
.sc tr>:nth-child(n+7){width:12%}
.set{grid-template-columns:repeat(3,minmax(0,1fr));gap:.375rem 1rem}
h4{margin-top:.75rem}
.in{padding-block:0 .75rem}
.stars{columns:auto}
.star{display:inline-block;vertical-align:top;width:49%;margin:0 .3% .5rem}
.who,.head h3{padding-left:0}
a{color:inherit;text-decoration:none}
h2{margin-top:1.5rem}
.list{break-before:avoid}
}
"""


def style() -> str:
    """The whole style sheet."""
    tones = "".join(
        f".badge.{status}{_in('color', status)}.badge.{status}{_in('background', status + '-soft')}"
        f".badge.{status} .k{_in('stroke', status + '-soft')}.badge.{status} .kf{_in('fill', status + '-soft')}"
        f".ans .{status},.i.{status},use.{status}{_in('color', status)}"
        f".e.{status}{_in('stroke', status)}.star .st.{status}{_in('fill', status)}"
        for status in TONES
    )
    widths = "".join(f".w{share}{_block(f'--p:{share / 100:g}')}" for share in range(101))
    dark = _palette(DARK, "dark")
    return (
        f":root{_palette(LIGHT, 'light')}"
        f"@media screen and (prefers-color-scheme:dark)\n{_block(':root:not([data-theme=light])' + dark)}"
        f"@media screen\n{_block(':root[data-theme=dark]' + dark)}"
        f"{_RULES}{tones}{widths}{_NARROW}{_PRINT}"
    )


def _palette(colours: Mapping[str, str], scheme: str) -> str:
    return _block(";".join([f"color-scheme:{scheme}", *(f"--{key}:{value}" for key, value in colours.items())]))


def _in(rule: str, colour: str) -> str:
    return _block(f"{rule}:var(--{colour})")


def _block(inside: str) -> str:
    return "{" + inside + "}\n"
