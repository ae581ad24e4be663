/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_FORKS_H
#define EXITBOX_FORKS_H

/* How processes begin: forks, and trees that are followed. */

#include <linux/sched.h>
#include <sys/prctl.h>

#include "execs.h"

static struct fork_record *fork_of(struct session *s, pid_t tid)
{
	struct fork_record *r = NULL, *last = NULL;

	while ((r = next_record(s, TABLE_FORKS, r)))
		if (r->tid == (__u32)tid)
			last = r;
	return last;
}

static pid_t cloned(unsigned long flags)
{
	return syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
}

/* Whether the child's fork record and its death agree about who it is. */
static bool is_begin_of(struct session *s, pid_t child, pid_t parent, pid_t creator, __u64 flags)
{
	struct fork_record *r = fork_of(s, child);
	int records;
	struct exit_record *death = death_of(s, child, &records);

	return r && death && r->pid == (__u32)child && r->ppid == (__u32)parent && r->creator_pid == (__u32)creator &&
	       r->start_boot_ns == death->start_boot_ns && r->start_mono_ns == death->start_mono_ns && r->uid == death->uid &&
	       r->cgroup_id == death->cgroup_id && r->parent_start_boot_ns && r->clone_flags == flags &&
	       !strcmp(r->comm, "check") && !strcmp(r->parent_comm, "check");
}

static void test_forks(void)
{
	struct session *s = opened_with("fork");
	struct fork_record *r;
	int i, status, pipes[2], right = 0, threads = 0;
	pid_t pid, middle, child = 0;

	start(s, RING);
	for (i = 0; i < 100; i++) {
		pid = cloned(0);
		if (!pid)
			_exit(0);
		waitpid(pid, &status, 0);
		drain(s);
		right += is_begin_of(s, pid, getpid(), getpid(), SIGCHLD);
		s->used = 0;
	}
	check(right == 100, "fork: %d of 100 right", right);

	pid = vfork();
	if (!pid)
		_exit(0);
	waitpid(pid, &status, 0);
	drain(s);
	r = fork_of(s, pid);
	check(is_begin_of(s, pid, getpid(), getpid(), CLONE_VFORK | CLONE_VM | SIGCHLD), "fork: vfork: clone_flags %#llx", r ? r->clone_flags : 0);

	/* The child's parent is ours, not the one that made it. */
	if (pipe(pipes))
		die("pipe");
	middle = fork();
	if (!middle) {
		child = cloned(CLONE_PARENT);
		if (child && write(pipes[1], &child, sizeof(child)) < 0)
			_exit(1);
		_exit(0);
	}
	waitpid(middle, &status, 0);
	if (read(pipes[0], &child, sizeof(child)) < 0)
		die("read");
	waitpid(child, &status, 0);
	drain(s);
	check(is_begin_of(s, child, getpid(), middle, CLONE_PARENT | SIGCHLD), "fork: CLONE_PARENT: pid %d by %d, of %d", child, middle, getpid());

	pid = die_so(many_threads_exit, &status, NULL);
	drain(s);
	for (r = NULL; (r = next_record(s, TABLE_FORKS, r));)
		threads += r->pid == (__u32)pid;
	check(threads == 1, "fork: 16 threads: %d record, of the process", threads);
	finish(s, "forks");
	close_session(s);

	s = opened_with("fork");
	options_of(s)->threads = 1;
	start(s, RING);
	pid = die_so(many_threads_exit, &status, NULL);
	drain(s);
	for (threads = 0, right = 1; (r = next_record(s, TABLE_FORKS, r));)
		if (r->pid == (__u32)pid) {
			threads++;
			right &= !(r->clone_flags & CLONE_THREAD) == (r->tid == r->pid) && r->start_boot_ns == fork_of(s, pid)->start_boot_ns;
		}
	check(threads == 17 && right, "fork: 16 threads, with threads: %d records", threads);
	finish(s, "forks, threads");
	close_session(s);
}

/* A daemon of a followed process: forked twice, its parent dead. It execs, is killed, and says its PID. */
static void daemonize(int fd)
{
	pid_t pid = fork();

	if (pid)
		_exit(0);
	setsid();
	pid = fork();
	if (pid)
		_exit(0);
	pid = getpid();
	if (write(fd, &pid, sizeof(pid)) < 0)
		_exit(1);
	x_execve();
}

static void test_tree(void)
{
	struct session *s = opened_with("fork exec rename signal");
	struct record_header *any = NULL;
	int status, go[2], told[2], others = 0, records;
	__u64 zero = 0;
	__u32 key;
	pid_t root, daemon, stranger;
	char byte = 0;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe(go) || pipe(told))
		die("pipe");
	options_of(s)->tree = 1;
	bpf_map__set_max_entries(map(s, "followed"), 100);
	start(s, RING);
	root = fork();
	if (!root) {
		if (read(go[0], &byte, 1) == 1)
			daemonize(told[1]);
		_exit(1);
	}
	key = root;
	bpf_map_update_elem(bpf_map__fd(map(s, "followed")), &key, &zero, 0);
	if (write(go[1], "", 1) != 1)
		die("write");
	waitpid(root, &status, 0);
	if (read(told[0], &daemon, sizeof(daemon)) < 0)
		die("read");
	while (waitpid(daemon, &status, 0) < 0 && errno == ECHILD)
		usleep(1000); /* the one between is not dead yet */
	stranger = die_so(killed, &status, NULL);
	drain(s);
	while ((any = next_record(s, ANY_TABLE, any))) {
		__u32 pid = ((struct exit_record *)any)->pid; /* where most records have it */

		if (any->table == TABLE_EXITS || any->table == TABLE_EXECS || any->table == TABLE_FORKS || any->table == TABLE_SIGNALS)
			others += pid == (__u32)stranger;
	}
	check(death_of(s, root, &records) && death_of(s, daemon, &records) && fork_of(s, daemon) && exec_of(s, daemon) && !others,
	      "tree: the process and its daemon, no stranger");
	key = 0;
	check(bpf_map_get_next_key(bpf_map__fd(map(s, "followed")), NULL, &key) || !strcmp(hook, "exit_live"), "tree: empty when all are dead");
	finish(s, "tree");
	close_session(s);
}

static bool is_followed(struct session *s, pid_t pid)
{
	__u32 key = pid;
	__u64 value;

	return !bpf_map_lookup_elem(bpf_map__fd(map(s, "followed")), &key, &value);
}

/* Looks at each process alive through program adopt_living, which says nothing. */
static void read_living(struct session *s)
{
	struct bpf_link *link = bpf_program__attach_iter(bpf_object__find_program_by_name(s->object, "adopt_living"), NULL);
	ssize_t got;
	char byte;
	int fd;

	if (!link)
		die("attach iterator");
	fd = bpf_iter_create(bpf_link__fd(link));
	do {
		got = read(fd, &byte, 1);
	} while (got < 0 && errno == EAGAIN);
	if (got)
		die("read iterator");
	close(fd);
	bpf_link__destroy(link);
}

/* Says who is which generation, waits to be told, and dies. */
static void rest(int generation, int told, int go)
{
	pid_t words[2] = { generation, getpid() };
	char byte;

	if (write(told, words, sizeof(words)) != sizeof(words) || read(go, &byte, 1) < 0)
		_exit(1);
	_exit(0);
}

/*
 * A root at rest with a child, which has a child too and dies: the grandchild is followed before it gets another parent,
 * and the death is told though nobody had put the child in.
 */
static void test_adoption(void)
{
	struct session *s = opened_with("fork adopt_orphans");
	struct control value = {};
	int status, told[2], go[3][2], i, records;
	pid_t pids[3], words[2];
	__u64 zero = 0;
	__u32 key;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (pipe(told) || pipe(go[0]) || pipe(go[1]) || pipe(go[2]))
		die("pipe");
	bpf_program__set_autoload(bpf_object__find_program_by_name(s->object, "adopt_living"), true);
	bpf_map__set_max_entries(map(s, "followed"), 100);
	options_of(s)->tree = 1;
	start(s, RING);
	value.seeding = 1;
	set_control(s, &value);
	if (!fork()) {
		if (!fork()) {
			if (!fork())
				rest(2, told[1], go[2][0]);
			rest(1, told[1], go[1][0]);
		}
		rest(0, told[1], go[0][0]);
	}
	for (i = 0; i < 3; i++) {
		if (read(told[0], words, sizeof(words)) != sizeof(words))
			die("read");
		pids[words[0]] = words[1];
	}
	key = pids[0];
	bpf_map_update_elem(bpf_map__fd(map(s, "followed")), &key, &zero, 0);
	if (write(go[1][1], "", 1) != 1)
		die("write");
	/* exit_taskstats tells the death before the orphans are looked at. */
	for (i = 0; i < 5000 && !(death_of(s, pids[1], &records) && is_followed(s, pids[2])); i++) {
		usleep(1000);
		drain(s);
	}
	check(death_of(s, pids[1], &records) && is_followed(s, pids[2]), "adoption: a death on the way up, and its orphan");
	read_living(s);
	check(is_followed(s, pids[0]) && is_followed(s, pids[2]) && !is_followed(s, getpid()),
	      "adoption: those alive, and nobody else");
	if (write(go[0][1], "", 1) != 1 || write(go[2][1], "", 1) != 1)
		die("write");
	while (waitpid(-1, &status, 0) > 0)
		;
	detach(s);
	finish(s, "adoption");
	close_session(s);
}

#endif
