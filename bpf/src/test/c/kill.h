/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_KILL_H
#define EXITBOX_KILL_H

/* A kill with the truth about who did it, and what kills are made of. */

#include <stdbool.h>
#include <linux/types.h>

#include "../../main/c/records.h"
#include "cases.h"

#define SKIPPED (-1)
#define NOBODY 0

/* What a case says of itself, once the victim is dead. */
struct truth {
	pid_t victim;
	pid_t killer; /* NOBODY: no process sent it */
	int status;
	__u32 cause;
	int si_code;
	bool has_address;
	__u64 address;
	pid_t bystander; /* sent something too, and did not kill */
};

static void nothing(void) {}

static void with_threads(void)
{
	int i;

	for (i = 0; i < 4; i++)
		thread(pause_thread, 0);
}

static void wait_for(struct truth *t)
{
	if (waitpid(t->victim, &t->status, 0) != t->victim)
		t->status = -1;
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
	if (!pid) {
		prepares();
		if (write(pipes[1], "", 1) != 1)
			_exit(96);
		pause_thread(NULL);
	}
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
