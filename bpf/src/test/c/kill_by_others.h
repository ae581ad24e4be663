/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_KILL_BY_OTHERS_H
#define EXITBOX_KILL_BY_OTHERS_H

/* Killed by another process. */

#include <sched.h>
#include <stdio.h>
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

/* The first process of a PID namespace ends, and takes the victim along. */
static void k_namespace_end(struct truth *t)
{
	int pipes[2], status;
	pid_t outer, numbers[2] = { 0, 0 };

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
			char self[16] = "";

			/* /proc is the outer one: there we have our outer number. */
			numbers[0] = readlink("/proc/self", self, sizeof(self) - 1) > 0 ? atoi(self) : 0;
			if (!fork()) {
				memset(self, 0, sizeof(self));
				numbers[1] = readlink("/proc/self", self, sizeof(self) - 1) > 0 ? atoi(self) : 0;
				if (write(pipes[1], numbers, sizeof(numbers)) < 0 || write(fds[1], "", 1) < 0)
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
	if (status) {
		t->killer = SKIPPED;
	} else if (read(pipes[0], numbers, sizeof(numbers)) < 0) {
		_exit(81);
	} else {
		t->killer = numbers[0];
		t->victim = numbers[1];
	}
	close(pipes[0]);
	close(pipes[1]);
	t->status = SIGKILL;
	t->cause = CAUSE_KERNEL;
	t->si_code = SI_KERNEL;
}

#endif
