/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_KILL_BY_WANT_H
#define EXITBOX_KILL_BY_WANT_H

/* Killed for want of memory: in a cgroup with a limit, by one's own allocation, and by another's. */

#include "groups.h"
#include "kill.h"

static char limited[256];

static void hold(size_t bytes)
{
	volatile char *memory = malloc(bytes);
	size_t i;

	for (i = 0; i < bytes; i += 4096)
		memory[i] = 1;
}

static void hold_most(void)
{
	enter(limited);
	hold(6 << 20);
}

/* Takes more than there is left; the killer, whoever then has to die. */
static pid_t takes(size_t bytes)
{
	pid_t pid = fork();

	if (!pid) {
		enter(limited);
		hold(bytes);
		_exit(0);
	}
	return pid;
}

static void starved(struct truth *t)
{
	wait_for(t);
	remove_group(limited);
	t->cause = CAUSE_OOM;
	t->si_code = SI_KERNEL;
}

static void k_oom_own(struct truth *t)
{
	t->killer = SKIPPED;
	if (!limited_group(limited, sizeof(limited), "oom"))
		return;
	t->victim = t->killer = takes(32 << 20);
	starved(t);
}

static void k_oom_other(struct truth *t)
{
	t->killer = SKIPPED;
	if (!limited_group(limited, sizeof(limited), "oom"))
		return;
	t->victim = victim_that(hold_most);
	t->killer = takes(5 << 20);
	waitpid(t->killer, NULL, 0);
	starved(t);
}

#endif
