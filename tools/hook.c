/* SPDX-License-Identifier: MIT
 * tools/hook.c -- a command that is run for each push. */
#define _GNU_SOURCE
#include "hook.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "utf8.h"

#define WORDS 64

struct hook_run {
    struct hook_run *next;
    size_t           count;
    char            *lines[]; /* NAME=value */
};

static void forget(struct hook_run *run)
{
    for (size_t i = 0; i < run->count; i++)
        free(run->lines[i]);
    free(run);
}

void hook_clean(char *text)
{
    struct sp_slice rest = sp_str(text);
    char           *to = text;

    while (rest.len > 0) {
        uint32_t code = 0;
        size_t   octets = utf8_next(rest, &code);

        if (octets > 0 && !utf8_is_control(code)) {
            memmove(to, rest.at, octets);
            to += octets;
        }
        rest = sp_from(rest, octets > 0 ? octets : 1);
    }
    *to = '\0';
}

bool hook_add(struct hook *hook, const char *const *names, const char *const *values, size_t count)
{
    struct hook_run *run = calloc(1, sizeof *run + count * sizeof run->lines[0]);

    for (size_t i = 0; run != NULL && i < count; i++) {
        size_t room = strlen(names[i]) + strlen(values[i]) + 2;

        run->lines[i] = malloc(room);
        if (run->lines[i] == NULL) {
            forget(run);
            return false;
        }
        (void)snprintf(run->lines[i], room, "%s=%s", names[i], values[i]);
        hook_clean(run->lines[i]);
        run->count++;
    }
    if (run == NULL)
        return false;
    if (hook->waiting == NULL)
        hook->last = &hook->waiting;
    *hook->last = run;
    hook->last = &run->next;
    return true;
}

/* The command's words; at most WORDS. */
static void split(char *command, char *words[WORDS + 1])
{
    size_t count = 0;

    while (*command != '\0' && count < WORDS) {
        command += strspn(command, " \t");
        if (*command == '\0')
            break;
        words[count++] = command;
        command += strcspn(command, " \t");
        if (*command != '\0')
            *command++ = '\0';
    }
    words[count] = NULL;
}

void hook_bare(void)
{
    char name[256];

    for (char **at = environ; *at != NULL;) {
        size_t len = strcspn(*at, "=");

        if (strncmp(*at, "SIPUSH_", 7) == 0 && len < sizeof name) {
            memcpy(name, *at, len);
            name[len] = '\0';
            (void)unsetenv(name);
            at = environ;
        } else {
            at++;
        }
    }
}

/* In the child. */
static void become(const struct hook *hook, const struct hook_run *run)
{
    struct sigaction action;
    sigset_t         none;
    char            *words[WORDS + 1] = { NULL };
    char            *copy = strdup(hook->command);
    int              nothing = open("/dev/null", O_RDONLY);
    static char      in_hook[] = HOOK_MARK "=1";

    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    (void)sigaction(SIGPIPE, &action, NULL);
    (void)sigaction(SIGXFSZ, &action, NULL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)dup2(nothing, STDIN_FILENO);
    (void)dup2(STDERR_FILENO, STDOUT_FILENO);
    hook_bare();
    (void)putenv(in_hook);
    for (size_t i = 0; i < run->count; i++)
        (void)putenv(run->lines[i]);
    if (copy == NULL)
        _exit(126);
    if (hook->shell) {
        (void)execl("/bin/sh", "sh", "-c", copy, (char *)NULL);
    } else {
        split(copy, words);
        if (words[0] != NULL)
            (void)execvp(words[0], words);
    }
    fprintf(stderr, "sipush recv: --on-push %s: %s\n", hook->command, strerror(errno));
    _exit(127);
}

static bool start(struct hook *hook)
{
    struct hook_run *run = hook->waiting;
    size_t           place = 0;
    pid_t            pid;

    while (place < HOOK_AT_ONCE && hook->pids[place] != 0)
        place++;
    if (run == NULL || place == HOOK_AT_ONCE)
        return false;
    (void)fflush(NULL);
    pid = fork();
    if (pid == 0)
        become(hook, run);
    if (pid < 0)
        return false; /* later */
    hook->pids[place] = pid;
    hook->waiting = run->next;
    forget(run);
    return true;
}

bool hook_work(struct hook *hook)
{
    bool busy = false;

    for (size_t i = 0; i < HOOK_AT_ONCE; i++) {
        int status = 0;

        if (hook->pids[i] != 0 && waitpid((pid_t)hook->pids[i], &status, WNOHANG) != 0) {
            hook->pids[i] = 0;
            hook->failed += status != 0;
        }
    }
    while (start(hook))
        continue;
    for (size_t i = 0; i < HOOK_AT_ONCE; i++)
        busy = busy || hook->pids[i] != 0;
    return busy || hook->waiting != NULL;
}

void hook_end(struct hook *hook)
{
    while (hook->waiting != NULL) {
        struct hook_run *run = hook->waiting;

        hook->waiting = run->next;
        forget(run);
    }
}
