/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_KILL_H
#define EXITBOX_KILL_H

/* A kill with the truth about who did it, and what kills are made of. */

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/types.h>

#include "../../main/c/records.h"
#include "cases.h"

#define SKIPPED (-1)
#define NOBODY 0
#define ANY_ADDRESS 1

static const char *const causes[] = { "none", "user", "self", "parent_death", "fault", "oom", "seccomp", "rlimit", "timer", "tty", "kernel" };

/* What a case says of itself, once the victim is dead. */
struct truth {
	pid_t victim;
	unsigned long long start; /* when the victim began, in clock ticks, as /proc has it */
	pid_t killer;		  /* NOBODY: no process sent it */
	int status;
	__u32 cause;
	int si_code;
	bool has_address;
	__u64 address;
	pid_t bystander; /* sent something too, and did not kill */
};

/* Field 22 of /proc/PID/stat; 0 when there is no such process. */
static unsigned long long start_of(pid_t pid)
{
	char path[64], text[1024];
	unsigned long long start = 0;
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), pid ? "/proc/%d/stat" : "/proc/self/stat", pid);
	file = fopen(path, "r");
	if (!file)
		return 0;
	n = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[n] = 0;
	sscanf(strrchr(text, ')') + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %*d %*d %llu", &start);
	return start;
}

static void wait_for(struct truth *t)
{
	siginfo_t info;

	waitid(P_PID, t->victim, &info, WEXITED | WNOWAIT);
	t->start = start_of(t->victim);
	if (waitpid(t->victim, &t->status, 0) != t->victim)
		t->status = -1;
}

/* As a shell starts things: whoever started this may have had it ignore some, or block them. */
static void nothing_ignored(void)
{
	sigset_t none;
	int sig;

	for (sig = 1; sig < 32; sig++)
		signal(sig, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void nothing(void) {}

static void with_threads(void)
{
	int i;

	for (i = 0; i < 4; i++)
		thread(pause_thread, 0);
}

/* A child that makes itself ready and then waits for its end; its ready mark goes to `fd`. */
static void be_victim(void (*prepares)(void), int fd)
{
	prepares();
	if (write(fd, "", 1) != 1)
		_exit(96);
	pause_thread(NULL);
}

/* Forks a process that makes itself ready, says so, and then waits for its end. */
static pid_t victim_that(void (*prepares)(void))
{
	int pipes[2];
	char byte;
	pid_t pid;

	if (pipe(pipes))
		_exit(97);
	pid = fork();
	if (!pid)
		be_victim(prepares, pipes[1]);
	close(pipes[1]);
	if (read(pipes[0], &byte, 1) != 1)
		_exit(95);
	close(pipes[0]);
	return pid;
}

/* Runs `send` in a process of its own, which so is the sender, and returns its PID when it is dead. */
static pid_t from_another(int (*send)(pid_t, int), pid_t target, int signal)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(send(target, signal) ? 1 : 0);
	waitpid(pid, &status, 0);
	return status ? SKIPPED : pid;
}

static void killed_by(struct truth *t, void (*prepares)(void), int (*send)(pid_t, int), int signal, int code)
{
	t->victim = victim_that(prepares);
	t->killer = from_another(send, t->victim, signal);
	if (t->killer == SKIPPED)
		kill(t->victim, SIGKILL);
	wait_for(t);
	t->cause = CAUSE_USER;
	t->si_code = code;
}

static void die_of(struct truth *t, void (*run)(void), __u32 cause, int code)
{
	t->victim = fork();
	if (!t->victim) {
		run();
		pause_thread(NULL);
	}
	wait_for(t);
	t->cause = cause;
	t->si_code = code;
	t->killer = cause == CAUSE_SELF ? t->victim : NOBODY;
}

#endif
