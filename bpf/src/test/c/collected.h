/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_COLLECTED_H
#define EXITBOX_COLLECTED_H

/* What the programs wrote: records as they come out of the rings, and the balance of them. */

#include "session.h"

/* The next collected record of a table after `at` (NULL: the first), or NULL. */
static void *next_record(struct session *s, unsigned table, void *at)
{
	char *p = at ? (char *)at + ((*(size_t *)((char *)at - 8) + 7) & ~7UL) : s->bytes;

	for (; p && p < s->bytes + s->used; p += 8 + ((*(size_t *)p + 7) & ~7UL))
		if (table == ANY_TABLE || ((struct record_header *)(p + 8))->table == table)
			return p + 8;
	return NULL;
}

/* Whether everything the programs have put into the ring is collected. */
static bool settled(struct session *s)
{
	unsigned table;
	int cpu;

	for (table = 0; table < TABLES; table++) {
		struct counter values[MAX_CPUS];

		counters_of(s, table, values);
		for (cpu = 0; cpu < s->cpus; cpu++)
			if (values[cpu].seen != s->collected[cpu][table] + values[cpu].filtered + values[cpu].lost)
				return false;
	}
	return true;
}

/* Collects what has happened so far. A record still being written on another CPU hides those behind it: wait for it. */
static void drain(struct session *s)
{
	int tries = 0;

	do
		ring_buffer__consume(s->ring);
	while (!settled(s) && tries++ < 2000 && !usleep(1000));
}

/* Detaches, drains, and proves seen = collected + filtered + lost for each CPU and table. */
static void finish(struct session *s, const char *what)
{
	__u64 seen = 0, filtered = 0, lost = 0;
	unsigned table, wrong = 0;

	detach(s);
	drain(s); /* also what a program on another CPU is still at: unlinking does not wait for it */
	for (table = 0; table < TABLES; table++) {
		struct counter values[MAX_CPUS];
		int cpu;

		counters_of(s, table, values);
		for (cpu = 0; cpu < s->cpus; cpu++) {
			struct counter *c = &values[cpu];

			wrong += c->seen != s->collected[cpu][table] + c->filtered + c->lost;
			seen += c->seen;
			filtered += c->filtered;
			lost += c->lost;
		}
	}
	check(!wrong, "%s: balance: seen %llu = written %llu + filtered %llu + lost %llu, on each CPU and table", what, seen,
	      seen - filtered - lost, filtered, lost);
	ring_buffer__free(s->ring);
	s->ring = NULL;
}

static void close_session(struct session *s)
{
	detach(s);
	ring_buffer__free(s->ring);
	bpf_object__close(s->object);
	free(s->bytes);
	free(s);
}

/* The one exit record that counts for a PID: the last (exit_live may emit more); *records says how many there were. */
static struct exit_record *death_of(struct session *s, unsigned pid, int *records)
{
	struct exit_record *r = NULL, *last = NULL;

	*records = 0;
	while ((r = next_record(s, TABLE_EXITS, r)))
		if (r->pid == pid) {
			last = r;
			++*records;
		}
	return last;
}

static int thread_exits_of(struct session *s, unsigned pid, struct thread_exit_record **leader)
{
	struct thread_exit_record *r = NULL;
	int count = 0;

	*leader = NULL;
	while ((r = next_record(s, TABLE_THREAD_EXITS, r)))
		if (r->pid == pid) {
			count++;
			if (r->tid == pid)
				*leader = r;
		}
	return count;
}

#endif
