/* SPDX-License-Identifier: MIT
 * tests/fuzz/replay.c -- a main for a fuzz target where libFuzzer is not.
 *
 *   TARGET FILE...           each file is one input
 *   TARGET -s FILE...        each line of a file of seeds is one input: \r \n \t \0 \\ \xHH stand
 * for octets, an empty line and one that begins with '#' for nothing TARGET -x FOLDER FILE    write
 * the inputs of a file of seeds to files of their own
 *
 * Ends by abort where a law does not hold, having named the input; else tells how many there were.
 */
#include <stdio.h>
#include <stdlib.h>

#include "fuzz.h"

static const char *now = "";
static unsigned    now_line;
static unsigned    inputs;

static struct sp_slice read_file(const char *name)
{
    FILE *file = fopen(name, "rb");
    char *octets;
    long  size;

    if (file == NULL || fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) {
        perror(name);
        exit(2);
    }
    rewind(file);
    octets = malloc((size_t)size + 1);
    if (octets == NULL || fread(octets, 1, (size_t)size, file) != (size_t)size) {
        perror(name);
        exit(2);
    }
    fclose(file);
    octets[size] = '\0';
    return sp_slice(octets, (size_t)size);
}

/* In a block of its own, of exactly its size; the name comes first, for who looks for the input
 * that broke a law. */
static void run(struct sp_slice input)
{
    uint8_t *octets = malloc(input.len > 0 ? input.len : 1);

    if (octets == NULL)
        exit(2);
    memcpy(octets, input.at, input.len);
    fprintf(stderr, now_line > 0 ? "%s:%u\n" : "%s\n", now, now_line);
    LLVMFuzzerTestOneInput(octets, input.len);
    free(octets);
    inputs++;
}

static char octet_of(const char **at)
{
    char c = *(*at)++;

    if (c != '\\')
        return c;
    c = *(*at)++;
    switch (c) {
    case 'r': return '\r';
    case 'n': return '\n';
    case 't': return '\t';
    case '0': return '\0';
    case 'x': *at += 2; return (char)(sp_hex_value((*at)[-2]) * 16 + sp_hex_value((*at)[-1]));
    default: return c;
    }
}

static void write_file(const char *folder, struct sp_slice input)
{
    char  name[512];
    FILE *file;

    snprintf(name, sizeof name, "%s/seed-%03u", folder, now_line);
    file = fopen(name, "wb");
    if (file == NULL || fwrite(input.at, 1, input.len, file) != input.len || fclose(file) != 0) {
        perror(name);
        exit(2);
    }
}

static void seeds(const char *name, const char *folder)
{
    struct sp_slice whole = read_file(name);
    const char     *at = whole.at, *end = whole.at + whole.len;
    char           *line = malloc(whole.len + 1);

    if (line == NULL)
        exit(2);
    now = name;
    for (now_line = 1; at < end; now_line++, at++) {
        size_t len = 0;
        bool   comment = *at == '#';

        while (at < end && *at != '\n')
            line[len++] = octet_of(&at);
        if (comment || len == 0)
            continue;
        if (folder != NULL)
            write_file(folder, sp_slice(line, len));
        else
            run(sp_slice(line, len));
    }
    now_line = 0;
    free(line);
    free((void *)(uintptr_t)whole.at);
}

int main(int argc, char **argv)
{
    bool lines = false;

    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-x") == 0 && i + 2 < argc) {
            seeds(argv[i + 2], argv[i + 1]);
            return 0;
        }
        if (strcmp(argv[i], "-s") == 0 || strcmp(argv[i], "-f") == 0) {
            lines = argv[i][1] == 's';
        } else if (lines) {
            seeds(argv[i], NULL);
        } else {
            struct sp_slice whole = read_file(argv[i]);

            now = argv[i];
            run(whole);
            free((void *)(uintptr_t)whole.at);
        }
    }
    printf("%u inputs\n", inputs);
    return 0;
}
