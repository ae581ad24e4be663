/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_KILL_BY_OTHERS_H
#define EXITBOX_KILL_BY_OTHERS_H

/* Killed by another process. */

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "groups.h"
#include "kill.h"

static int by_tgkill(pid_t target, int signal)
{
	return syscall(SYS_tgkill, target, target, signal);
}

static int by_sigqueue(pid_t target, int signal)
{
	return sigqueue(target, signal, (union sigval){ .sival_int = 7 });
}

static int by_pidfd(pid_t target, int signal)
{
	int fd = syscall(SYS_pidfd_open, target, 0);

	return fd < 0 ? -1 : syscall(SYS_pidfd_send_signal, fd, signal, NULL, 0);
}

static void own_group(void) { setpgid(0, 0); }

static void k_kill(struct truth *t) { killed_by(t, nothing, kill, SIGTERM, SI_USER); }
static void k_kill_9(struct truth *t) { killed_by(t, nothing, kill, SIGKILL, SI_USER); }
static void k_realtime(struct truth *t) { killed_by(t, nothing, kill, SIGRTMIN + 3, SI_USER); }
static void k_quit(struct truth *t) { killed_by(t, nothing, kill, SIGQUIT, SI_USER); }
static void k_segv_sent(struct truth *t) { killed_by(t, nothing, kill, SIGSEGV, SI_USER); }
static void k_tgkill(struct truth *t) { killed_by(t, nothing, by_tgkill, SIGTERM, SI_TKILL); }
static void k_sigqueue(struct truth *t) { killed_by(t, nothing, by_sigqueue, SIGTERM, SI_QUEUE); }
static void k_pidfd(struct truth *t) { killed_by(t, nothing, by_pidfd, SIGTERM, SI_USER); }
static void k_killpg(struct truth *t) { killed_by(t, own_group, killpg, SIGTERM, SI_USER); }

static void k_threads(struct truth *t) { killed_by(t, with_threads, kill, SIGTERM, SI_USER); }

static char kill_group[256];

static void enter_kill_group(void) { enter(kill_group); }

static int by_cgroup_kill(pid_t target, int signal)
{
	(void)target, (void)signal;
	return !write_file(kill_group, "cgroup.kill", "1");
}

static void k_cgroup_kill(struct truth *t)
{
	char path[300];

	snprintf(kill_group, sizeof(kill_group), "%s/exitbox-kill-%d", cgroup2_root(), getpid());
	mkdir(kill_group, 0755);
	snprintf(path, sizeof(path), "%s/cgroup.kill", kill_group); /* 5.14 */
	if (access(path, W_OK))
		t->killer = SKIPPED;
	else
		killed_by(t, enter_kill_group, by_cgroup_kill, SIGKILL, SI_USER);
	remove_group(kill_group);
}

/* The middle process is the victim's parent and dies. */
static void k_parent_death(struct truth *t)
{
	int pipes[2], status;
	pid_t middle;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe(pipes))
		_exit(93);
	middle = fork();
	if (!middle) {
		pid_t pid = fork();

		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGTERM);
			pid = getpid();
			if (write(pipes[1], &pid, sizeof(pid)) < 0)
				_exit(92);
			pause_thread(NULL);
		}
		pause_thread(NULL);
	}
	if (read(pipes[0], &t->victim, sizeof(t->victim)) < 0)
		_exit(91);
	close(pipes[0]);
	close(pipes[1]);
	kill(middle, SIGKILL);
	waitpid(middle, &status, 0);
	t->killer = middle;
	wait_for(t);
	t->cause = CAUSE_PARENT_DEATH;
	t->si_code = SI_USER;
}

/* Forked twice, as daemons do: who forked it is gone when it is killed. */
static void k_daemon(struct truth *t)
{
	int pipes[2];
	pid_t middle;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe(pipes))
		_exit(93);
	middle = fork();
	if (!middle) {
		setsid();
		if (!fork()) {
			pid_t pid = getpid();

			if (write(pipes[1], &pid, sizeof(pid)) < 0)
				_exit(92);
			pause_thread(NULL);
		}
		_exit(0);
	}
	waitpid(middle, NULL, 0);
	if (read(pipes[0], &t->victim, sizeof(t->victim)) < 0)
		_exit(91);
	close(pipes[0]);
	close(pipes[1]);
	t->killer = from_another(kill, t->victim, SIGTERM);
	wait_for(t);
	t->cause = CAUSE_USER;
}

/* /proc is the outer one in a PID namespace that was just made: there a process has its outer number. */
static pid_t outer_pid(void)
{
	char self[16] = "";

	return readlink("/proc/self", self, sizeof(self) - 1) > 0 ? atoi(self) : 0;
}

/* The first process of a PID namespace ends, and takes the victim along. */
static void k_namespace_end(struct truth *t)
{
	struct { pid_t init, victim; unsigned long long start; } told = {};
	int pipes[2], status;
	pid_t outer;

	if (pipe(pipes))
		_exit(84);
	outer = fork();
	if (!outer) {
		pid_t init;
		int fds[2];
		char byte;

		if (unshare(CLONE_NEWPID) || pipe(fds))
			_exit(77);
		init = fork();
		if (!init) {
			told.init = outer_pid();
			if (!fork()) {
				told.victim = outer_pid();
				told.start = start_of(0);
				if (write(pipes[1], &told, sizeof(told)) < 0 || write(fds[1], "", 1) < 0)
					_exit(83);
				pause_thread(NULL);
			}
			if (read(fds[0], &byte, 1) < 0)
				_exit(82);
			_exit(5);
		}
		waitpid(init, &status, 0);
		_exit(0);
	}
	waitpid(outer, &status, 0);
	t->killer = SKIPPED;
	if (!status && read(pipes[0], &told, sizeof(told)) < 0)
		_exit(81);
	if (!status) {
		t->killer = told.init;
		t->victim = told.victim;
		t->start = told.start;
	}
	close(pipes[0]);
	close(pipes[1]);
	t->status = SIGKILL;
	t->cause = CAUSE_KERNEL;
	t->si_code = SI_KERNEL;
}

#endif
