/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_STATUSES_H
#define EXITBOX_STATUSES_H

/* Each way to die is one record with waitpid's status. */

#include "cases.h"
#include "collected.h"

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

#endif
