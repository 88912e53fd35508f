# Copyright (c) 2026, the windhcp.failover authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The error catalogue: id -> category, and the message texts in English and German.

The texts say what failed and never why; the reason is only in the id (M WEAVE, 8.3). Those under the mark below are as
captured on Windows Server 2022, all others are made in that shape (8.3, last paragraph). The German ones are our
translation: they prove that nobody matches text.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from lab.core.api import ErrorRecord

# M WEAVE, 8.3: the categories of 20005, 20010, 20116, 20052, 20023 and WIN32 5. L 8.3, switch unpublished_categories:
# those of the others, by analogy
MEASURED = (20005, 20010, 20116, 20052, 20023, 5)
CATEGORIES = {
    "ObjectNotFound": (2, 20005, 20010, 20018, 20044, 20111, 20115, 20116),
    "ResourceExists": (80, 183, 20004, 20009, 20014, 20021, 20022, 20045, 20052, 20105, 20106, 20113, 20114),
    "InvalidData": (13, 20020, 20023, 20049, 20092, 20107, 20110, 20112, 20129, 20131),
    "PermissionDenied": (5, 20121),
    "InvalidArgument": (87, 20109, 20124, 20125),
    "InvalidOperation": (20089, 20103, 20108, 20118, 20119, 20120, 20132, 20133),
    "LimitsExceeded": (20128, 20130),
}
# C MIG: the ids of Export- and Import-DhcpServer's own errors, and the categories of the same names
WORDS = ("ResourceExists", "ResourceUnavailable", "InvalidOperation", "InvalidArgument", "ObjectNotFound")
CATEGORY_BY_CODE = {code: name for name, codes in CATEGORIES.items() for code in codes}

_TEXTS: dict[str, tuple[str, str]] = {
    # M WEAVE / SCOPEAPI
    "version": (
        "Failed to get version of the DHCP server {host}.",
        "Fehler beim Abrufen der Version des DHCP-Servers {host}.",
    ),
    "list_scopes": (
        "Failed to enumerate scopes on DHCP server {host}.",
        "Fehler beim Auflisten der Bereiche auf dem DHCP-Server {host}.",
    ),
    "get_scope": (
        "Failed to get scope information for scope {scope} on DHCP server {host}.",
        "Fehler beim Abrufen der Bereichsinformationen für Bereich {scope} auf dem DHCP-Server {host}.",
    ),
    "add_scope": (
        "Failed to add scope {scope} on DHCP server {host}.",
        "Fehler beim Hinzufügen des Bereichs {scope} auf dem DHCP-Server {host}.",
    ),
    "get_option": (
        "Failed to get option value of {option} on DHCP server {host}.",
        "Fehler beim Abrufen des Optionswerts {option} auf dem DHCP-Server {host}.",
    ),
    "get_failover_of_scope": (
        "Failed to get failover relationship for scope {scope} on DHCP server {host}.",
        "Fehler beim Abrufen der Failoverbeziehung für Bereich {scope} auf dem DHCP-Server {host}.",
    ),
    "add_exclusion": (
        "Failed to add exclusion range with start range {start} and end range {end} to scope {scope} on DHCP server "
        "{host}.",
        "Fehler beim Hinzufügen des Ausschlussbereichs von {start} bis {end} zum Bereich {scope} auf dem DHCP-Server "
        "{host}.",
    ),
    "scope_on_partner": (
        "Scope {scope} already exists on the server {host}.",
        "Der Bereich {scope} ist auf dem Server {host} bereits vorhanden.",
    ),
    "update_failover": (
        "Failed to update failover relationship {name} on server {host}.",
        "Fehler beim Aktualisieren der Failoverbeziehung {name} auf dem Server {host}.",
    ),
    "get_superscope": (
        "Failed to get superscope information on {host}.",
        "Fehler beim Abrufen der Bereichsgruppierungsinformationen auf {host}.",
    ),
    # in the same shape
    "get_failover": (
        "Failed to get failover relationship {name} on DHCP server {host}.",
        "Fehler beim Abrufen der Failoverbeziehung {name} auf dem DHCP-Server {host}.",
    ),
    "list_failover": (
        "Failed to enumerate failover relationships on DHCP server {host}.",
        "Fehler beim Auflisten der Failoverbeziehungen auf dem DHCP-Server {host}.",
    ),
    "add_failover": (
        "Failed to add failover relationship {name} on DHCP server {host}.",
        "Fehler beim Hinzufügen der Failoverbeziehung {name} auf dem DHCP-Server {host}.",
    ),
    "set_failover": (
        "Failed to set failover relationship {name} on DHCP server {host}.",
        "Fehler beim Festlegen der Failoverbeziehung {name} auf dem DHCP-Server {host}.",
    ),
    "remove_failover": (
        "Failed to remove failover relationship {name} on DHCP server {host}.",
        "Fehler beim Entfernen der Failoverbeziehung {name} auf dem DHCP-Server {host}.",
    ),
    "add_failover_scope": (
        "Failed to add scope {scope} to failover relationship {name} on DHCP server {host}.",
        "Fehler beim Hinzufügen des Bereichs {scope} zur Failoverbeziehung {name} auf dem DHCP-Server {host}.",
    ),
    "remove_failover_scope": (
        "Failed to remove scope {scope} from failover relationship {name} on DHCP server {host}.",
        "Fehler beim Entfernen des Bereichs {scope} aus der Failoverbeziehung {name} auf dem DHCP-Server {host}.",
    ),
    "replicate": (
        "Failed to replicate scope {scope} to DHCP server {host}.",
        "Fehler beim Replizieren des Bereichs {scope} auf den DHCP-Server {host}.",
    ),
    "act": (
        "Failed to {verb} {what} on DHCP server {host}.",
        "Fehler beim Vorgang {verb} für {what} auf dem DHCP-Server {host}.",
    ),
    "export_file": (
        "Failed to export DHCP server {host}: the file {file} already exists.",
        "Fehler beim Exportieren des DHCP-Servers {host}: die Datei {file} ist bereits vorhanden.",
    ),
    "import_file": (
        "Failed to import to DHCP server {host}: cannot read the file {file}: {why}.",
        "Fehler beim Importieren auf den DHCP-Server {host}: die Datei {file} ist nicht lesbar: {why}.",
    ),
    "import_scope": (
        "Failed to import scope {scope} on DHCP server {host}.",
        "Fehler beim Importieren des Bereichs {scope} auf dem DHCP-Server {host}.",
    ),
    "import_exists": (
        "Scope {scope} already exists on DHCP server {host} and is not imported.",
        "Der Bereich {scope} ist auf dem DHCP-Server {host} bereits vorhanden und wird nicht importiert.",
    ),
    "not_in_file": (
        "Scope {scope} is not in the file {file}.",
        "Der Bereich {scope} ist nicht in der Datei {file} enthalten.",
    ),
    "no_value": (
        "Option {option} has no value and is not imported on DHCP server {host}.",
        "Option {option} hat keinen Wert und wird auf dem DHCP-Server {host} nicht importiert.",
    ),
    "bad_argument": (
        "{value} is not valid for {cmdlet}.",
        "{value} ist für {cmdlet} nicht gültig.",
    ),
    "surrogate": (
        "The surrogate pair is invalid. A high surrogate character must always be paired with a low surrogate "
        "character.",
        "Das Ersatzzeichenpaar ist ungültig. Auf ein hohes Ersatzzeichen muss immer ein niedriges folgen.",
    ),
    # the lab's own
    "not_simulated": (
        "The lab does not simulate {cmdlet}. Nothing was read or changed on {host}.",
        "Das Labor bildet {cmdlet} nicht nach. Auf {host} wurde nichts gelesen oder geändert.",
    ),
    "prompt": (
        "{cmdlet} asks for confirmation on {host}, and the session is in NonInteractive mode.",
        "{cmdlet} verlangt auf {host} eine Bestätigung, und die Sitzung ist nicht interaktiv.",
    ),
}


class Refused(Exception):
    """One thing a cmdlet was asked to do is refused; it goes on with the next one."""

    def __init__(self, record: ErrorRecord) -> None:
        super().__init__(record.id)
        self.record = record


def category(error_id: str, known: Collection[int] = CATEGORY_BY_CODE) -> str:
    """The category of an id such as "DHCP 20005"; NotSpecified for one that is not ``known``."""
    number = error_id.rpartition(" ")[2]
    return CATEGORY_BY_CODE[int(number)] if number.isdigit() and int(number) in known else "NotSpecified"


def with_reason(record: ErrorRecord) -> ErrorRecord:
    """An error of an inner cmdlet as Export- and Import-DhcpServer write it (C MIG): the reason and its number in
    ErrorDetails."""
    number = record.id.rpartition(" ")[2]
    details = f"{record.message} : {record.category}({number})" if number.isdigit() else ""
    return replace(record, details=details)


def message(text: str, language: str, **values: object) -> str:
    """``text``: the name of a message above, ``values``: what it names."""
    return _TEXTS[text][language == "de"].format(**values)


def error(error_id: str, text: str, language: str, *, target: str = "", **values: object) -> ErrorRecord:
    """An error with such a message."""
    kind = {"LAB NotSimulated": "NotImplemented", "LAB NonInteractive": "InvalidOperation"}.get(error_id)
    return ErrorRecord(error_id, kind or category(error_id), message(text, language, **values), target)
