/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_RINGS_H
#define EXITBOX_RINGS_H

/* The way out of the kernel: a full ring, waking the reader, the heartbeat. */

#include <sys/epoll.h>

#include "cases.h"
#include "collected.h"

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

#endif
