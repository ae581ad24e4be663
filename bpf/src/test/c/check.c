// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)

/*
 * Proves the BPF programs on the running kernel. One line per claim; 1 when one fails.
 * usage: check OBJECT [EXIT_PROGRAM] (without: the one this kernel should have)
 *        check deaths COUNT          (only dies, and prints how)
 * In the environment: CHECK_ONLY the names of tests, CHECK_REPEAT how often ways to be killed and to exec are run.
 * Other processes may come and go meanwhile: claims are about our own, and about balances.
 */

#define _GNU_SOURCE
#include <sched.h>
#include <stddef.h>
#include <fcntl.h>
#include <pty.h>
#include <time.h>
#include <sys/epoll.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <bpf/btf.h>

#include "session.h"
#include "cases.h"
#include "killed.h"
#include "execs.h"
#include "lives.h"

static __u64 now_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * 1000000000ULL + t.tv_nsec;
}

static bool live(void)
{
	return !strcmp(hook, "exit_live");
}

static void test_statuses(void)
{
	struct session *s = started(RING);
	unsigned i;

	for (i = 0; i < sizeof(deaths) / sizeof(*deaths); i++) {
		const struct death *death = &deaths[i];
		__u64 before = now_ns(CLOCK_BOOTTIME), mono = now_ns(CLOCK_MONOTONIC);
		struct thread_exit_record *leader;
		struct exit_record *r;
		int status, records;
		pid_t pid = die_so(death->run, &status, NULL);

		drain(s);
		r = death_of(s, pid, &records);
		thread_exits_of(s, pid, &leader);
		check(r && (records == 1 || live()) && r->status == (unsigned)status && (death->leader_leaves == EITHER || !!leader == death->leader_leaves) &&
			      r->start_boot_ns >= before - 20000000 && r->header.boot_ns >= r->start_boot_ns &&
			      r->header.boot_ns <= now_ns(CLOCK_BOOTTIME) && r->start_mono_ns >= mono - 20000000 &&
			      r->ppid == (unsigned)getpid() && (!leader || leader->start_boot_ns == r->start_boot_ns),
		      "status: %s: waitpid %#x, recorded %#x, leader's %#x, records %d%s", death->name, status,
		      r ? r->status : ~0U, r ? r->leader_status : ~0U, records, leader ? ", leader left early" : "");
	}
	finish(s, "statuses");
	close_session(s);
}

static void test_1000_killed(void)
{
	struct session *s = started(RING);
	int i, right = 0, rows = 0, doubles = 0, absent = 0;

	for (i = 0; i < 1000; i++) {
		int status, records;
		pid_t pid = die_so(two_threads[i % 4], &status, NULL);
		struct exit_record *r;

		drain(s);
		r = death_of(s, pid, &records);
		right += r && r->status == (unsigned)status && status == SIGKILL;
		rows += records;
		doubles += records > 1;
		absent += !records;
		s->used = 0; /* the PID may come again */
	}
	check(right == 1000 && !absent && (live() || !doubles),
	      "1000 two-thread processes killed: %d right, %d exit records, %d processes with two", right, rows, doubles);
	finish(s, "1000 killed");
	close_session(s);
}

static void burn(void)
{
	__u64 until = now_ns(CLOCK_PROCESS_CPUTIME_ID) + 200000000;
	size_t bytes = 32 << 20;
	volatile char *memory = malloc(bytes);
	size_t i;

	for (i = 0; i < bytes; i += 4096)
		memory[i] = 1;
	free((void *)memory); /* the peak must be remembered */
	while (now_ns(CLOCK_PROCESS_CPUTIME_ID) < until)
		;
	usleep(1000);
	_exit(0);
}

static void *burn_thread(void *unused)
{
	burn();
	return unused;
}

/* The leader burns, leaves and waits as a zombie; the worker burns and ends the process. */
static void burn_twice(void)
{
	__u64 until = now_ns(CLOCK_PROCESS_CPUTIME_ID) + 200000000;
	pthread_t worker;

	while (now_ns(CLOCK_PROCESS_CPUTIME_ID) < until)
		;
	worker = thread(burn_thread, 0);
	(void)worker;
	syscall(SYS_exit, 0);
}

static bool near(double a, double b, double slack)
{
	return a - b <= slack && b - a <= slack;
}

static void test_usage_of(struct session *s, const char *what, void (*run)(void))
{
	struct rusage u;
	int status, records;
	pid_t pid = die_so(run, &status, &u);
	struct exit_record *r;
	double rusage_ms, cpu_ms, ticks_ms;

	drain(s);
	r = death_of(s, pid, &records);
	if (!r) {
		check(false, "usage: %s: no record", what);
		return;
	}
	rusage_ms = u.ru_utime.tv_sec * 1e3 + u.ru_utime.tv_usec / 1e3 + u.ru_stime.tv_sec * 1e3 + u.ru_stime.tv_usec / 1e3;
	cpu_ms = r->cpu_ns / 1e6;
	ticks_ms = (r->utime_ns + r->stime_ns) / 1e6;
	/* utime_ns and stime_ns are samples of the timer tick: on a loaded machine far off, so only their size is checked. */
	check(near(cpu_ms, rusage_ms, 10) && ticks_ms > rusage_ms / 5 && ticks_ms < rusage_ms * 2,
	      "usage: %s: CPU rusage %.1f ms, cpu_ns %.1f, utime_ns + stime_ns %.1f, run_delay_ns %.1f", what, rusage_ms,
	      cpu_ms, ticks_ms, r->run_delay_ns / 1e6);
	check(near(r->minor_faults, u.ru_minflt, 4) && near(r->major_faults, u.ru_majflt, 0) &&
		      near(r->voluntary_switches, u.ru_nvcsw, 4) && near(r->involuntary_switches, u.ru_nivcsw, 4),
	      "usage: %s: faults %ld/%ld for %llu/%llu, switches %ld/%ld for %llu/%llu", what, u.ru_minflt, u.ru_majflt,
	      r->minor_faults, r->major_faults, u.ru_nvcsw, u.ru_nivcsw, r->voluntary_switches, r->involuntary_switches);
	check(near(r->max_rss_bytes / 1024.0, u.ru_maxrss, 2048), "usage: %s: peak RSS %ld kB for %llu", what, u.ru_maxrss,
	      r->max_rss_bytes / 1024);
}

static void test_usage(void)
{
	struct session *s = started(RING);

	test_usage_of(s, "one thread", burn);
	test_usage_of(s, "zombie leader and worker", burn_twice);
	close_session(s);
}

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

static void four_threads(void)
{
	int i;

	for (i = 0; i < 3; i++)
		pthread_join(thread(short_thread, 0), NULL);
	_exit(0);
}

static void test_filters(void)
{
	struct thread_exit_record *leader;
	struct exit_record *r = NULL;
	struct session *s;
	int status, records, others = 0, pipes[2];
	pid_t pid, wanted;

	s = opened();
	options_of(s)->threads = 1;
	start(s, RING);
	pid = die_so(four_threads, &status, NULL);
	drain(s);
	others = thread_exits_of(s, pid, &leader);
	/* pthread_join returns before the tracepoint of older kernels: the worker can still see the process dead. */
	death_of(s, pid, &records);
	check(others + records == 4 && (records == 1 || (live() && records)),
	      "threads: %d thread_exits and %d exit of a process with 3 workers", others, records);
	others = 0;
	finish(s, "threads");
	close_session(s);

	s = opened();
	options_of(s)->failed_only = 1;
	start(s, RING);
	pid = die_so(exit_0, &status, NULL);
	wanted = die_so(exit_3, &status, NULL);
	drain(s);
	while ((r = next_record(s, TABLE_EXITS, r)))
		others += !r->status;
	check(!others && !death_of(s, pid, &records) && death_of(s, wanted, &records), "failed_only: exit 3 but no exit 0");
	finish(s, "failed_only");
	close_session(s);

	if (pipe(pipes))
		die("pipe");
	wanted = fork();
	if (!wanted) {
		char byte;

		_exit(read(pipes[0], &byte, 1) == 1 ? 4 : 5);
	}
	s = opened();
	options_of(s)->pid = wanted;
	start(s, RING);
	die_so(exit_3, &status, NULL);
	if (write(pipes[1], "", 1) != 1)
		die("write");
	waitpid(wanted, &status, 0);
	drain(s);
	for (others = 0; (r = next_record(s, TABLE_EXITS, r));)
		others += r->pid != (unsigned)wanted;
	check(!others && death_of(s, wanted, &records), "pid: that one only");
	finish(s, "pid");
	close_session(s);

	s = opened();
	options_of(s)->uid = 4321;
	start(s, RING);
	die_so(exit_3, &status, NULL);
	wanted = fork();
	if (!wanted)
		_exit(setuid(4321) ? 1 : 6);
	waitpid(wanted, &status, 0);
	drain(s);
	for (others = 0; (r = next_record(s, TABLE_EXITS, r));)
		others += r->uid != 4321;
	check(!others && death_of(s, wanted, &records), "uid: that one only");
	finish(s, "uid");
	close_session(s);
}

static bool write_file(const char *folder, const char *file, const char *text)
{
	char path[400];
	int fd, written;

	snprintf(path, sizeof(path), "%s/%s", folder, file);
	fd = open(path, O_WRONLY);
	written = fd < 0 ? -1 : (int)write(fd, text, strlen(text));
	close(fd);
	return written == (int)strlen(text);
}

/* A process the OOM killer chooses is marked, and only that. `root` is a hierarchy with the memory controller. */
static void test_oom(const char *root, const char *limit)
{
	struct session *s = started(RING);
	struct exit_record *r, *other;
	int status, records;
	char group[256];
	pid_t pid, bystander;

	snprintf(group, sizeof(group), "%s/exitbox-check-oom", root);
	if ((mkdir(group, 0755) && errno != EEXIST) || !write_file(group, limit, "8388608")) {
		printf("skip OOM: cannot limit memory in %s\n", root);
	} else {
		bystander = die_so(killed, &status, NULL);
		pid = fork();
		if (!pid) {
			if (!write_file(group, "cgroup.procs", "0"))
				_exit(2);
			burn();
		}
		waitpid(pid, &status, 0);
		drain(s);
		r = death_of(s, pid, &records);
		other = death_of(s, bystander, &records);
		check(r && other && status == SIGKILL && r->status == SIGKILL && r->flags == EXIT_OOM_VICTIM && !other->flags,
		      "OOM: waitpid %#x, recorded %#x, flags %#x", status, r ? r->status : ~0U, r ? r->flags : ~0U);
	}
	finish(s, "OOM");
	close_session(s);
	rmdir(group);
}

static void hold(size_t bytes)
{
	volatile char *memory = malloc(bytes);
	size_t i;

	for (i = 0; i < bytes; i += 4096)
		memory[i] = 1;
}

static void enter(const char *group)
{
	if (!write_file(group, "cgroup.procs", "0"))
		_exit(2);
}

/*
 * One process takes more than there is; the kernel kills it, or a larger one in its place: `other`. Either way the one
 * whose allocation ran out is the killer. NULL when all is right.
 */
static const char *judge_oom(struct session *s, const char *group, bool other)
{
	struct exit_record *r;
	struct oom_record *victim = NULL, *row = NULL;
	pid_t large = 0, trigger, killed;
	int status, records, pipes[2];
	char byte;

	if (pipe(pipes))
		die("pipe");
	if (other) {
		large = fork();
		if (!large) {
			enter(group);
			hold(6 << 20);
			if (write(pipes[1], "", 1) != 1)
				_exit(1);
			pause_thread(NULL);
		}
		if (read(pipes[0], &byte, 1) != 1)
			die("large");
	}
	trigger = fork();
	if (!trigger) {
		enter(group);
		hold(other ? 5 << 20 : 32 << 20);
		_exit(0);
	}
	close(pipes[0]);
	close(pipes[1]);
	killed = other ? large : trigger;
	waitpid(killed, &status, 0);
	if (other)
		waitpid(trigger, NULL, 0);
	drain(s);
	r = death_of(s, killed, &records);
	while ((victim = next_record(s, TABLE_OOMS, victim)))
		if (victim->pid == (__u32)killed)
			row = victim;
	if (!r || status != SIGKILL || r->status != SIGKILL)
		return "no record";
	if (r->cause != CAUSE_OOM || r->flags != (EXIT_OOM_VICTIM | EXIT_SIGNALLED | EXIT_KILLER))
		return "cause";
	if (r->killer_pid != (__u32)trigger || strcmp(r->killer_comm, "check"))
		return "killer";
	if (!row)
		return "no row in ooms";
	if (row->start_boot_ns != r->start_boot_ns || row->cgroup_id != r->cgroup_id || strcmp(row->comm, "check") || row->uid != r->uid)
		return "victim";
	if (row->trigger_pid != (__u32)trigger || strcmp(row->trigger_comm, "check") || row->trigger_start_boot_ns != r->killer_start_boot_ns)
		return "trigger";
	if (row->anon_rss_bytes != UNKNOWN64 && ((row->memcg != 1 && row->memcg != UNKNOWN32) || row->anon_rss_bytes < (4 << 20) ||
						 row->total_vm_bytes < row->anon_rss_bytes || !row->pgtables_bytes)) {
		printf("     memcg %u, total_vm %llu, anon %llu, file %llu, pgtables %llu\n", row->memcg, row->total_vm_bytes,
		       row->anon_rss_bytes, row->file_rss_bytes, row->pgtables_bytes);
		return "sizes";
	}
	return NULL;
}

static void test_oom_kills(void)
{
	const char *root = "/sys/fs/cgroup/memory", *limits = "memory.limit_in_bytes", *wrong = NULL;
	struct session *s = opened_with("signal oom");
	int i, right = 0, runs = getenv("CHECK_REPEAT") ? atoi(getenv("CHECK_REPEAT")) : 20;
	char group[256];

	if (access("/sys/fs/cgroup/memory/cgroup.procs", F_OK)) {
		root = cgroup2_root();
		limits = "memory.max";
		write_file(root, "cgroup.subtree_control", "+memory");
	}
	snprintf(group, sizeof(group), "%s/exitbox-check-kills", root);
	start(s, RING);
	if ((mkdir(group, 0755) && errno != EEXIST) || !write_file(group, limits, "8388608")) {
		printf("skip OOM kills: cannot limit memory in %s\n", root);
		runs = 0;
	}
	write_file(group, "memory.swap.max", "0");
	for (i = 0; i < runs; i++) {
		const char *now = judge_oom(s, group, i % 2);

		wrong = now ? now : wrong;
		right += !now;
		s->used = 0;
	}
	if (runs)
		check(right == runs, "killed: OOM, by its own or another's allocation: %d of %d right%s%s", right, runs,
		      wrong ? ", wrong: " : "", wrong ? wrong : "");
	finish(s, "OOM kills");
	close_session(s);
	while (rmdir(group) && errno == EBUSY)
		usleep(1000);
}

/* In a cgroup hierarchy: the names come before their ids, once per epoch, and the filter takes descendants. */
static void test_cgroups_in(const char *what, const char *root, __u64 mark)
{
	char top[256], below[300], procs[320];
	struct cgroup_name_record *name = NULL;
	struct exit_record *r = NULL;
	struct control again;
	struct session *s;
	struct stat top_stat, below_stat;
	int status, records, others = 0, i, names[2] = { 0, 0 }, seen_at = 0, named_at = 0, at = 0;
	pid_t pid[3];
	void *any;

	snprintf(top, sizeof(top), "%s/exitbox-check", root);
	snprintf(below, sizeof(below), "%s/below \033", top); /* raw bytes, kept */
	if ((mkdir(top, 0755) && errno != EEXIST) || (mkdir(below, 0755) && errno != EEXIST) || stat(top, &top_stat) ||
	    stat(below, &below_stat)) {
		printf("skip cgroups, %s: %s: %s\n", what, top, strerror(errno));
		return;
	}
	snprintf(procs, sizeof(procs), "%s/cgroup.procs", below);
	s = opened();
	options_of(s)->cgroup = top_stat.st_ino | mark;
	start(s, RING);
	for (i = 0; i < 3; i++) {
		if (i == 2) {
			again = *control_of(s);
			again.names_epoch++;
			set_control(s, &again);
		}
		die_so(exit_3, &status, NULL);
		pid[i] = fork();
		if (!pid[i]) {
			int fd = open(procs, O_WRONLY);

			_exit(fd >= 0 && write(fd, "0", 1) == 1 ? 11 : 12);
		}
		waitpid(pid[i], &status, 0);
	}
	drain(s);
	while ((r = next_record(s, TABLE_EXITS, r)))
		others += r->pid != (unsigned)pid[0] && r->pid != (unsigned)pid[1] && r->pid != (unsigned)pid[2];
	for (any = NULL; (any = next_record(s, ANY_TABLE, any)); at++) {
		struct record_header *header = any;

		if (header->table == TABLE_CGROUP_NAMES && !named_at)
			named_at = at + 1;
		if (header->table == TABLE_EXITS && !seen_at)
			seen_at = at + 1;
	}
	while ((name = next_record(s, TABLE_CGROUP_NAMES, name))) {
		const char *path = "/exitbox-check/below \033";

		if (name->cgroup_id == (below_stat.st_ino | mark) && name->path_length == strlen(path) &&
		    !memcmp((char *)name + name->path_offset, path, strlen(path)))
			names[0]++;
		else
			names[1]++;
	}
	r = death_of(s, pid[2], &records);
	check(!others && r && r->status == 11 << 8 && r->cgroup_id == (below_stat.st_ino | mark),
	      "cgroups, %s: filter takes a descendant, id %llu (inode %llu)", what,
	      r ? r->cgroup_id & ~CGROUP_V1 : 0, (__u64)below_stat.st_ino);
	check(names[0] == 2 && !names[1] && named_at < seen_at, "cgroups, %s: named once per epoch, before the death: %d, others %d",
	      what, names[0], names[1]);
	finish(s, "cgroups");
	close_session(s);
	rmdir(below);
	rmdir(top);
}

static void test_cgroups(void)
{
	static const char *v2[] = { "/sys/fs/cgroup/unified", "/sys/fs/cgroup" };
	unsigned i;

	for (i = 0; i < 2; i++) {
		char file[64];

		snprintf(file, sizeof(file), "%s/cgroup.controllers", v2[i]);
		if (!access(file, F_OK)) {
			test_cgroups_in("v2", v2[i], 0);
			break;
		}
	}
	if (!access("/sys/fs/cgroup/memory/cgroup.procs", F_OK)) {
		test_cgroups_in("v1 memory", "/sys/fs/cgroup/memory", CGROUP_V1);
		test_oom("/sys/fs/cgroup/memory", "memory.limit_in_bytes");
	} else {
		printf("skip cgroups, v1 memory: not mounted\n");
		if (write_file("/sys/fs/cgroup/unified", "cgroup.subtree_control", "+memory"))
			test_oom("/sys/fs/cgroup/unified", "memory.max");
		else
			test_oom("/sys/fs/cgroup", "memory.max");
	}
}

/* A storm into a ring nobody reads: losses are counted, to the last one. */
static void test_small_ring(void)
{
	struct session *s = started(64 << 10);
	struct counter values[MAX_CPUS];
	__u64 lost = 0, before = now_ns(CLOCK_BOOTTIME), after;
	bool times = true;
	int i, status, cpu;

	for (i = 0; i < 3000; i++)
		die_so(i % 2 ? exit_3 : two_threads_killed, &status, NULL);
	after = now_ns(CLOCK_BOOTTIME);
	counters_of(s, TABLE_EXITS, values);
	for (cpu = 0; cpu < s->cpus; cpu++) {
		lost += values[cpu].lost;
		if (values[cpu].lost)
			times &= values[cpu].first_lost_boot_ns > before && values[cpu].first_lost_boot_ns <= values[cpu].last_lost_boot_ns &&
				 values[cpu].last_lost_boot_ns < after + 1000000000;
	}
	check(lost > 2000 && times, "64 KiB ring, 3000 deaths unread: %llu lost, with their times", lost);
	finish(s, "64 KiB ring");
	close_session(s);
}

/* The reader sleeps until a quarter of the ring is full, and is woken once for each quarter. */
static void test_wake(void)
{
	struct session *s = opened();
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int poll, i, status, woken = 0, records = 0;
	const unsigned ring = 256 << 10;

	options_of(s)->wake_bytes = ring / 4;
	start(s, ring);
	poll = epoll_create1(0);
	epoll_ctl(poll, EPOLL_CTL_ADD, bpf_map__fd(map(s, "ring_deaths")), &event);
	epoll_wait(poll, &event, 1, 0); /* the edge of adding */
	while (records < (int)(ring / 2 / (sizeof(struct exit_record) + 8))) {
		for (i = 0; i < 10; i++, records++)
			die_so(exit_3, &status, NULL);
		woken += epoll_wait(poll, &event, 1, 0) == 1;
	}
	check(woken >= 1 && woken <= 3, "wake-up: %d for %d deaths in half a ring unread", woken, records);
	close(poll);
	close_session(s);
}

static void test_heartbeat(void)
{
	struct session *s = started(RING);
	int fd = bpf_program__fd(bpf_object__find_program_by_name(s->object, "heartbeat"));
	LIBBPF_OPTS(bpf_test_run_opts, run);
	struct heartbeat_values values = { .real_ns = 11, .spool_bytes = 12 };
	struct heartbeat_record *r;
	__u32 key = 0;
	int error;

	values.seen[TABLE_EXITS] = 13;
	values.lost[TABLES - 1] = 14;
	bpf_map_update_elem(bpf_map__fd(map(s, "beat")), &key, &values, 0);
	error = bpf_prog_test_run_opts(fd, &run);
	drain(s);
	r = next_record(s, TABLE_HEARTBEATS, NULL);
	check(!error && run.retval == 1 && r && r->real_ns == 11 && r->spool_bytes == 12 && r->seen[TABLE_EXITS] == 13 &&
		      r->lost[TABLES - 1] == 14 && r->ring_bytes == RING && r->header.boot_ns,
	      "heartbeat: error %d, retval %u, ring %llu of %llu bytes waiting", error, run.retval,
	      r ? r->ring_fill_bytes : 0, r ? r->ring_bytes : 0);
	finish(s, "heartbeat");
	close_session(s);
}

/* Printed, not asserted: what one run costs, by the kernel's own measure. */
static void print_cost(const char *what, void (*run)(void))
{
	struct session *s = started(16 << 20);
	struct bpf_prog_info info = {};
	__u32 length = sizeof(info);
	int i, status, stats = bpf_enable_stats(BPF_STATS_RUN_TIME);

	for (i = 0; i < 5000; i++)
		die_so(run, &status, NULL);
	bpf_obj_get_info_by_fd(bpf_program__fd(exit_program(s)), &info, &length);
	printf("cost %s: %.0f ns per run, %llu runs, %llu missed\n", what,
	       info.run_cnt ? (double)info.run_time_ns / info.run_cnt : 0, info.run_cnt, info.recursion_misses);
	close(stats);
	finish(s, what);
	close_session(s);
}

/* What `lives` forks, execs and exits cost by program; other processes' events count too, so per run. */
static void print_life(const char *programs, int lives)
{
	struct session *s = opened_with(programs);
	struct bpf_program *program;
	int i, status, stats;

	start(s, 16 << 20);
	stats = bpf_enable_stats(BPF_STATS_RUN_TIME);
	for (i = 0; i < lives; i++) {
		pid_t pid = vfork();

		if (!pid) {
			execv(self_path, (char *const[]){ "some name", "die", "3", NULL });
			_exit(1);
		}
		waitpid(pid, &status, 0);
	}
	detach(s);
	close(stats);
	bpf_object__for_each_program(program, s->object) {
		struct bpf_prog_info info = {};
		__u32 length = sizeof(info);

		if (!is_attached(s, bpf_program__name(program)))
			continue;
		bpf_obj_get_info_by_fd(bpf_program__fd(program), &info, &length);
		if (info.run_cnt)
			printf("cost %s: %.0f ns per run, %llu runs in %d lives, %llu missed\n", bpf_program__name(program),
			       (double)info.run_time_ns / info.run_cnt, info.run_cnt, lives, info.recursion_misses);
	}
	close_session(s);
}

static void print_costs(void)
{
	if (getenv("NO_COST")) /* it means nothing on an emulated machine */
		return;
	print_life("exec rename fork signal oom", 1000);
	print_life("runq exec_failed", 200);
	print_cost("one thread, exit 3", exit_3);
	print_cost("two threads killed", two_threads_killed);
}

/* As the recorder chooses, by BTF alone. */
static const char *best_hook(void)
{
	struct btf *btf = btf__load_vmlinux_btf();
	const struct btf_type *type;
	int id;

	if (!btf)
		die("no BTF in this kernel");
	id = btf__find_by_name_kind(btf, "btf_trace_sched_process_exit", BTF_KIND_TYPEDEF);
	if (id > 0) {
		type = btf__type_by_id(btf, btf__type_by_id(btf, id)->type); /* typedef -> pointer */
		type = btf__type_by_id(btf, type->type);
		if (btf_is_func_proto(type) && btf_vlen(type) == 3)
			return "exit_group_dead";
	}
	return btf__find_by_name_kind(btf, "taskstats_exit", BTF_KIND_FUNC) > 0 ? "exit_taskstats" : "exit_live";
}

/* For a recorder under test: dies in each way, then `count` times with two threads; prints pid, wait status, way. */
static int print_deaths(int count)
{
	int i, status, ways = sizeof(deaths) / sizeof(*deaths);
	pid_t pid;

	for (i = 0; i < ways + count; i++) {
		pid = die_so(i < ways ? deaths[i].run : two_threads[i % 4], &status, NULL);
		printf("%d\t%d\t%s\n", pid, status, i < ways ? deaths[i].name : "2 threads, SIGKILL, again");
	}
	return 0;
}

static const struct {
	const char *name;
	void (*run)(void);
} tests[] = {
	{ "statuses", test_statuses },
	{ "1000", test_1000_killed },
	{ "identity", test_identity },
	{ "terminal", test_terminal },
	{ "usage", test_usage },
	{ "filters", test_filters },
	{ "cgroups", test_cgroups },
	{ "ring", test_small_ring },
	{ "wake", test_wake },
	{ "heartbeat", test_heartbeat },
	{ "kills", test_kills },
	{ "ooms", test_oom_kills },
	{ "execs", test_execs },
	{ "failed", test_failed_execs },
	{ "forks", test_forks },
	{ "tree", test_tree },
	{ "tasks", test_tasks },
	{ "costs", print_costs },
};

int main(int argc, char **argv)
{
	char folder[] = "/tmp/exitbox-check-XXXXXX";
	const char *only = getenv("CHECK_ONLY");
	unsigned i;

	if (argc >= 3 && !strcmp(argv[1], "die")) /* what our children exec */
		_exit(atoi(argv[2]));
	if (argc >= 3 && !strcmp(argv[1], "wait")) {
		(void)!write(3, "", 1);
		pause_thread(NULL);
	}
	if (argc >= 3 && !strcmp(argv[1], "die-9"))
		_exit(9);
	if (argc == 3 && !strcmp(argv[1], "deaths"))
		return print_deaths(atoi(argv[2]));
	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: check OBJECT [EXIT_PROGRAM] | check deaths COUNT\n");
		return 2;
	}
	if (readlink("/proc/self/exe", self_path, sizeof(self_path) - 1) < 0)
		die("/proc/self/exe");
	object_path = realpath(argv[1], NULL);
	hook = argc > 2 ? argv[2] : best_hook();
	if (!object_path || !mkdtemp(folder) || chdir(folder)) /* cores go there */
		die(argv[1]);
	for (i = 0; i < sizeof(tests) / sizeof(*tests); i++)
		if (!only || strstr(only, tests[i].name))
			tests[i].run();
	if (chdir("/") || system("rm -r /tmp/exitbox-check-*"))
		die(folder);
	printf("%s: %d failed\n", hook, failures);
	return failures != 0;
}
