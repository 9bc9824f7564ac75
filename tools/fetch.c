/* SPDX-License-Identifier: MIT
 * tools/fetch.c -- the content of a reference is fetched by a process of its own. */
#define _GNU_SOURCE
#include "fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hook.h"
#include "http.h"
#include "rules.h"

#define WORDS 64
#define SLACK 1048576u /* commands copy in large pieces; what is too large is seen in the end */

static bool is_http(struct sp_slice url)
{
    return sp_starts_nocase(url, SP_LIT("http:"));
}

/* A scheme and a colon, and nothing that is not printable. */
static bool is_url(struct sp_slice url)
{
    size_t colon = sp_find(url, ':');

    if (colon == 0 || colon >= url.len || !sp_is_alpha(url.at[0]))
        return false;
    for (size_t i = 0; i < url.len; i++)
        if (url.at[i] <= ' ' || url.at[i] > '~')
            return false;
    return true;
}

bool fetch_allows(const struct fetch_rules *rules, struct sp_slice url)
{
    if (!is_url(url) || (!is_http(url) && rules->command == NULL))
        return false;
    for (size_t i = 0; i < rules->count; i++)
        if (rules_match(sp_str(rules->patterns[i]), url, false))
            return true;
    return false;
}

static bool allows(const void *rules, struct sp_slice url)
{
    return is_http(url) && fetch_allows(rules, url);
}

/* The command with the URL as its last word; its output is `fd`. */
static const char *run_command(const char *command, const char *url, int fd)
{
    char  *copy = strdup(command), *word, *words[WORDS + 2] = { NULL };
    size_t count = 0;
    int    nothing = open("/dev/null", O_RDONLY);

    if (copy == NULL)
        return "no memory";
    for (word = copy; *word != '\0' && count < WORDS;) {
        word += strspn(word, " \t");
        if (*word == '\0')
            break;
        words[count++] = word;
        word += strcspn(word, " \t");
        if (*word != '\0')
            *word++ = '\0';
    }
    if (count == 0)
        return "--fetch-with names no command";
    words[count] = strdup(url);
    hook_bare();
    (void)setenv(HOOK_MARK, "1", 1);
    (void)setenv("SIPUSH_URL", url, 1);
    (void)dup2(nothing, STDIN_FILENO);
    (void)dup2(fd, STDOUT_FILENO);
    (void)execvp(words[0], words);
    return "the command of --fetch-with cannot be run";
}

/* In the child. */
static void become(const struct fetch_rules *rules, const char *url, uint64_t octets, int fd,
                   int words)
{
    struct http_limits limits = {
        .octets = octets,
        .private = rules->private,
        .accept = rules->accept,
        .allows = allows,
        .rules = rules,
    };
    struct rlimit size = { .rlim_cur = octets + SLACK, .rlim_max = octets + SLACK };
    sigset_t      none;
    char          type[HTTP_TYPE] = "";
    const char   *why;

    (void)sigemptyset(&none);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)signal(SIGXFSZ, SIG_DFL);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)setpgid(0, 0);
    (void)setrlimit(RLIMIT_FSIZE, &size);
    why = is_http(sp_str(url)) ? http_get(&limits, url, fd, type)
                               : run_command(rules->command, url, fd);
    if (why != NULL)
        (void)!write(words, why, strlen(why));
    else
        (void)!write(words, type, strlen(type));
    _exit(why != NULL);
}

bool fetch_start(struct fetch *fetch, const struct fetch_rules *rules, const char *url,
                 uint64_t octets, int fd, uint64_t now_us)
{
    int   ends[2];
    pid_t pid;

    if (octets > (uint64_t)INT64_MAX - SLACK)
        octets = (uint64_t)INT64_MAX - SLACK;
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        return false;
    (void)fflush(NULL);
    pid = fork();
    if (pid == 0)
        become(rules, url, octets, fd, ends[1]);
    (void)close(ends[1]);
    if (pid < 0) {
        (void)close(ends[0]);
        return false;
    }
    *fetch = (struct fetch){
        .pid = pid,
        .words = ends[0],
        .end_us = now_us + rules->seconds * 1000000,
    };
    return true;
}

static enum fetch_end end_of(struct fetch *fetch, int status, char *why, size_t octets)
{
    ssize_t n = read(fetch->words, why, octets - 1);

    why[n > 0 ? n : 0] = '\0';
    (void)close(fetch->words);
    fetch->pid = 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return FETCH_DONE;
    if (n <= 0 && WIFSIGNALED(status) && WTERMSIG(status) == SIGXFSZ)
        (void)snprintf(why, octets, "it is larger than may be");
    else if (n <= 0 && WIFEXITED(status))
        (void)snprintf(why, octets, "the command ended with %d", WEXITSTATUS(status));
    else if (n <= 0)
        (void)snprintf(why, octets, "the process ended by a signal");
    return FETCH_FAILED;
}

enum fetch_end fetch_look(struct fetch *fetch, uint64_t now_us, char *why, size_t octets)
{
    int   status = 0;
    pid_t pid = waitpid((pid_t)fetch->pid, &status, WNOHANG);

    if (pid == 0 && now_us >= fetch->end_us) {
        fetch_stop(fetch);
        (void)snprintf(why, octets, "it takes too long");
        return FETCH_LATE;
    }
    if (pid == 0)
        return FETCH_RUNS;
    return end_of(fetch, status, why, octets);
}

void fetch_stop(struct fetch *fetch)
{
    if (fetch->pid <= 0)
        return;
    /* It leads a group of its own, with what it started. */
    (void)kill(-(pid_t)fetch->pid, SIGKILL);
    (void)kill((pid_t)fetch->pid, SIGKILL);
    (void)waitpid((pid_t)fetch->pid, NULL, 0);
    (void)close(fetch->words);
    fetch->pid = 0;
}
