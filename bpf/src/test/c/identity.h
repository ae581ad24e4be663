/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_IDENTITY_H
#define EXITBOX_IDENTITY_H

/* Who a dead process was, against what it says of itself. */

#include <pty.h>
#include <sched.h>

#include "cases.h"
#include "collected.h"

/* Identity fields against what the process says of itself. */
static void test_identity(void)
{
	struct session *s = started(RING);
	int status, records;
	char link[64] = "";
	unsigned mnt = 0, pid_ns = 0, ns_pid = 0;
	struct exit_record *r;
	int pipes[2];
	pid_t pid;

	if (readlink("/proc/self/ns/mnt", link, sizeof(link) - 1) > 0)
		sscanf(link, "mnt:[%u]", &mnt);
	if (pipe(pipes))
		die("pipe");
	pid = fork();
	if (!pid) {
		/* A grandchild that is PID 1 of a PID namespace of its own. */
		pid_t child;
		char inner[64] = "";

		if (unshare(CLONE_NEWPID))
			_exit(77);
		child = fork();
		if (!child) {
			setsid();
			if (readlink("/proc/self/ns/pid", inner, sizeof(inner) - 1) > 0)
				sscanf(inner, "pid:[%u]", &pid_ns);
			if (write(pipes[1], &pid_ns, sizeof(pid_ns)) < 0 || setgid(1234) || setuid(4321))
				_exit(1);
			_exit(42);
		}
		if (write(pipes[1], &child, sizeof(child)) < 0)
			_exit(1);
		waitpid(child, &status, 0);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	if (WEXITSTATUS(status) == 77) {
		printf("skip identity: no PID namespaces\n");
	} else {
		unsigned words[2] = { 0, 0 };
		pid_t child;

		if (read(pipes[0], words, sizeof(words)) != sizeof(words))
			die("read");
		/* Namespaces' numbers are above 0xf0000000: whichever word that is. */
		pid_ns = words[0] > 0xf0000000 ? words[0] : words[1];
		child = words[0] > 0xf0000000 ? words[1] : words[0];
		drain(s);
		r = death_of(s, child, &records);
		check(r && r->status == 42 << 8 && r->ppid == (unsigned)pid && r->ns_pid == 1 && r->pid_ns == pid_ns &&
			      r->uid == 4321 && r->gid == 1234 && r->sid == (unsigned)child && r->pgid == (unsigned)child &&
			      r->mnt_ns == mnt,
		      "identity: uid %u gid %u sid %u pgid %u mnt_ns %u pid_ns %u ns_pid %u", r ? r->uid : 0,
		      r ? r->gid : 0, r ? r->sid : 0, r ? r->pgid : 0, r ? r->mnt_ns : 0, r ? r->pid_ns : 0,
		      r ? r->ns_pid : ns_pid);
		r = death_of(s, pid, &records);
		check(r && r->ns_pid == (unsigned)pid && r->exit_signal == SIGCHLD && !strcmp(r->comm, "check") &&
			      !strcmp(r->last_comm, "check") && !(r->flags & EXIT_KTHREAD),
		      "identity: comm %.16s, ns_pid = pid, exit_signal %d, loginuid %u, tty \"%.16s\"", r ? r->comm : "",
		      r ? r->exit_signal : -1, r ? r->loginuid : 0, r ? r->tty : "");
	}
	finish(s, "identity");
	close_session(s);
}

/* The terminal is named as its driver does: pts3 for /dev/pts/3. */
static void test_terminal(void)
{
	struct session *s = started(RING);
	int status, records, terminal;
	char name[64] = "", wanted[64] = "", byte;
	struct exit_record *r;
	pid_t pid = forkpty(&terminal, name, NULL, NULL);

	if (!pid)
		_exit(3);
	if (pid < 0) {
		printf("skip terminal: %s\n", strerror(errno));
	} else {
		while (read(terminal, &byte, 1) == 1)
			;
		waitpid(pid, &status, 0);
		snprintf(wanted, sizeof(wanted), "pts%s", name + strlen("/dev/pts/"));
		drain(s);
		r = death_of(s, pid, &records);
		check(r && !strcmp(r->tty, wanted) && r->sid == (unsigned)pid, "terminal: %.16s is %s", r ? r->tty : "", name);
	}
	close_session(s);
}

#endif
