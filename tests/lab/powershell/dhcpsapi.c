// Copyright (c) 2026, the windhcp.failover authors
// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

// The DHCP server management API of a simulated server: reads what a caller marshalled for dhcpsapi.dll and asks the lab's
// core over the bridge (bridge.py, dhcpsapi.py). Signatures and structures: sdk-api, dhcpsapi.h.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

typedef uint32_t dword; // DHCP_IP_ADDRESS is one, in the order of this machine: 10.1.20.0 is 0x0A011400
typedef uint16_t wide;  // a character of an LPWSTR: UTF-16, which the engine's wchar_t is not everywhere

typedef struct {
    dword count;
    dword *elements;
} ip_array; // DHCP_IP_ARRAY

typedef struct {
    dword primary, secondary, mode, server_type, state, previous_state, mclt, safe_period;
    wide *name, *primary_name, *secondary_name;
    ip_array *scopes;
    uint8_t percentage;
    wide *secret;
} relationship; // DHCP_FAILOVER_RELATIONSHIP

enum { GENERAL_FAILURE = 31 };

static long held; // pieces of memory that were handed out and not given back

static void put_text(FILE *out, const char *key, const wide *text)
{
    fprintf(out, ",\"%s\":%s", key, text ? "\"" : "null");
    for (; text && *text; text++)
        fprintf(out, "\\u%04x", *text);
    if (text)
        fputc('"', out);
}

// One request over the bridge; its reply, a line that begins with {"dhcpsapi": [, or NULL.
static char *ask(const char *function, const wide *server, const wide *name, const ip_array *scopes)
{
    const char *path = getenv("WINDHCP_LAB_BRIDGE"), *token = getenv("WINDHCP_LAB_TOKEN");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (!path || !token || strlen(path) >= sizeof address.sun_path)
        return NULL;
    strcpy(address.sun_path, path);
    int connection = socket(AF_UNIX, SOCK_STREAM, 0);
    FILE *bridge = connection < 0 ? NULL : fdopen(connection, "r+");
    if (!bridge)
        return NULL;
    char *line = NULL;
    if (!connect(connection, (struct sockaddr *)&address, sizeof address)) {
        fprintf(bridge, "{\"token\":\"%s\",\"dhcpsapi\":\"%s\"", token, function);
        put_text(bridge, "server", server);
        put_text(bridge, "relationship", name);
        fputs(",\"scopes\":[", bridge);
        for (dword i = 0; scopes && i < scopes->count; i++)
            fprintf(bridge, i ? ",%u" : "%u", scopes->elements[i]);
        fputs("]}\n", bridge);
        fflush(bridge);
        size_t size = 0;
        if (getline(&line, &size, bridge) < 0 || strncmp(line, "{\"dhcpsapi\": [", 14)) {
            fprintf(stderr, "dhcpsapi: %s\n", line ? line : "no reply");
            free(line);
            line = NULL;
        }
    }
    fclose(bridge);
    return line;
}

static dword next_number(char **at)
{
    *at += strcspn(*at, "0123456789");
    return strtoul(*at, at, 10);
}

static dword code_of(char *reply)
{
    char *at = reply;
    dword code = reply ? next_number(&at) : GENERAL_FAILURE;
    free(reply);
    return code;
}

static void *hand_out(size_t size)
{
    held++;
    return calloc(1, size);
}

static wide *next_text(char **at)
{
    dword length = next_number(at);
    wide *text = hand_out((length + 1) * sizeof *text);
    for (dword i = 0; i < length; i++)
        text[i] = next_number(at);
    return text;
}

static ip_array *next_addresses(char **at)
{
    ip_array *array = hand_out(sizeof *array);
    array->count = next_number(at);
    array->elements = hand_out(array->count * sizeof *array->elements);
    for (dword i = 0; i < array->count; i++)
        array->elements[i] = next_number(at);
    return array;
}

dword DhcpV4FailoverGetRelationship(const wide *server, const wide *name, relationship **found)
{
    char *reply = ask(__func__, server, name, NULL), *at = reply;
    dword code = reply ? next_number(&at) : GENERAL_FAILURE;
    *found = NULL;
    if (!code) {
        relationship *half = *found = hand_out(sizeof *half);
        dword *numbers[] = {&half->primary, &half->secondary, &half->mode, &half->server_type,
                            &half->state, &half->previous_state, &half->mclt, &half->safe_period};
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
            *numbers[i] = next_number(&at);
        half->name = next_text(&at);
        half->primary_name = next_text(&at);
        half->secondary_name = next_text(&at);
        half->scopes = next_addresses(&at);
        half->percentage = next_number(&at);
    }
    free(reply);
    return code;
}

dword DhcpV4FailoverDeleteScopeFromRelationship(const wide *server, const relationship *half)
{
    return code_of(ask(__func__, server, half ? half->name : NULL, half ? half->scopes : NULL));
}

dword DhcpV4FailoverDeleteRelationship(const wide *server, const wide *name)
{
    return code_of(ask(__func__, server, name, NULL));
}

dword DhcpV4FailoverGetSystemTime(const wide *server, dword *time, dword *most_apart)
{
    char *reply = ask(__func__, server, NULL, NULL), *at = reply;
    dword code = reply ? next_number(&at) : GENERAL_FAILURE;
    if (!code) {
        *time = next_number(&at);
        *most_apart = next_number(&at);
    }
    free(reply);
    return code;
}

void DhcpRpcFreeMemory(void *memory)
{
    held -= memory != NULL;
    free(memory);
}

__attribute__((destructor)) static void complain(void)
{
    if (held)
        fprintf(stderr, "dhcpsapi: %ld pieces of memory were not freed\n", held);
}
