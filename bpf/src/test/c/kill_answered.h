/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_KILL_ANSWERED_H
#define EXITBOX_KILL_ANSWERED_H

/* What the victim had set for a signal before it came: ignored, blocked, handled. */

#include <linux/sched.h>

#include "kill.h"

static void ignore_term(void) { signal(SIGTERM, SIG_IGN); }

static void k_term_then_kill(struct truth *t)
{
	t->victim = victim_that(ignore_term);
	t->bystander = from_another(kill, t->victim, SIGTERM);
	t->killer = from_another(kill, t->victim, SIGKILL);
	wait_for(t);
	t->cause = CAUSE_USER;
}

/* Two kills at once: the first is the one. */
static void k_kill_twice(struct truth *t)
{
	t->victim = victim_that(with_threads);
	kill(t->victim, SIGSTOP);
	t->killer = from_another(kill, t->victim, SIGKILL);
	t->bystander = from_another(kill, t->victim, SIGKILL);
	wait_for(t);
	t->cause = CAUSE_USER;
}

static sigset_t only(int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	return set;
}

static void block_term_and_usr1(void)
{
	sigset_t term = only(SIGTERM), usr1 = only(SIGUSR1);

	sigprocmask(SIG_BLOCK, &term, NULL);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
}

static void unblock_on_usr1(void)
{
	sigset_t term = only(SIGTERM), usr1 = only(SIGUSR1);
	int got;

	sigwait(&usr1, &got);
	sigprocmask(SIG_UNBLOCK, &term, NULL);
}

/* TERM waits until the victim lets it in, and then kills: its sender did it, long before. */
static void k_blocked(struct truth *t)
{
	int pipes[2];
	char byte;

	if (pipe(pipes))
		_exit(80);
	t->victim = fork();
	if (!t->victim) {
		block_term_and_usr1();
		if (write(pipes[1], "", 1) != 1)
			_exit(79);
		unblock_on_usr1();
		pause_thread(NULL);
	}
	if (read(pipes[0], &byte, 1) != 1)
		_exit(78);
	close(pipes[0]);
	close(pipes[1]);
	t->killer = from_another(kill, t->victim, SIGTERM);
	t->bystander = from_another(kill, t->victim, SIGTERM); /* a second one is dropped */
	kill(t->victim, SIGUSR1);
	wait_for(t);
	t->cause = CAUSE_USER;
}

static void on_term(int signal)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, signal);
	sigaction(signal, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	raise(signal);
}

static void handle_term(void) { sigaction(SIGTERM, &(struct sigaction){ .sa_handler = on_term }, NULL); }

/* The handler ends the process with the signal it handled: it did that itself. */
static void k_handled(struct truth *t)
{
	t->victim = victim_that(handle_term);
	t->bystander = from_another(kill, t->victim, SIGTERM);
	wait_for(t);
	t->killer = t->victim;
	t->cause = CAUSE_SELF;
	t->si_code = SI_TKILL;
}

static void exit_on_term(int signal) { _exit(signal); }
static void leave_on_term(void) { sigaction(SIGTERM, &(struct sigaction){ .sa_handler = exit_on_term }, NULL); }

/* The handler exits: nobody killed it. */
static void k_exit_in_handler(struct truth *t)
{
	t->victim = victim_that(leave_on_term);
	t->bystander = from_another(kill, t->victim, SIGTERM);
	wait_for(t);
}

/* A child with this PID; -1 when another has it meanwhile, or with errno EPERM or ENOSYS where that cannot be asked for. */
static pid_t child_with(pid_t pid)
{
	struct clone_args arguments = { .exit_signal = SIGCHLD, .set_tid = (__u64)&pid, .set_tid_size = 1 };

	return syscall(SYS_clone3, &arguments, sizeof(arguments)); /* set_tid: 5.5 */
}

/* The PID was another's, to whom TERM was sent as well, and who died of something else with TERM still waiting. */
static void k_pid_again(struct truth *t)
{
	pid_t pid;

	do {
		struct truth before = { .victim = victim_that(block_term_and_usr1) };

		from_another(kill, before.victim, SIGTERM);
		kill(before.victim, SIGKILL);
		wait_for(&before);
		usleep(20000); /* two clock ticks: by its start the one that is meant is known */
		pid = child_with(before.victim);
		if (!pid)
			pause_thread(NULL);
	} while (pid < 0 && errno == EEXIST);
	if (pid < 0) {
		t->killer = SKIPPED;
		return;
	}
	t->victim = pid;
	t->killer = from_another(kill, pid, SIGTERM);
	wait_for(t);
	t->cause = CAUSE_USER;
}

#endif
