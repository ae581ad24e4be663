/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_EMIT_H
#define EXITBOX_EMIT_H

/*
 * The only way into a ring. Every event is seen first, and then filtered, or reserved, and on failure counted as
 * lost: so seen = in the ring + filtered + lost, per CPU and table.
 *
 * Counts are atomic because programs interrupt each other: a timer's signal comes in the middle of a fork, and both
 * may name a cgroup. A program never runs inside itself (prog->active); an event that would is not seen at all, the
 * kernel counts it in bpf_prog_info.recursion_misses (since 5.12).
 */
#define count(word) __sync_fetch_and_add(word, 1)

/* The element of a map that has just one. */
static __always_inline void *only_element(void *map)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(map, &key);
}

static __always_inline struct counter *counter_of(__u32 table)
{
	return bpf_map_lookup_elem(&counters, &table);
}

static __always_inline void count_lost(struct counter *counter, __u64 boot_ns)
{
	struct control *state = only_element(&control);
	__u64 epoch = state ? state->loss_epoch : 0;

	if (!counter->lost || counter->epoch != epoch) {
		counter->epoch = epoch;
		counter->first_lost_boot_ns = boot_ns;
	}
	counter->last_lost_boot_ns = boot_ns;
	count(&counter->lost);
}

static __always_inline void fill_header(struct record_header *header, enum table table)
{
	header->table = table;
	header->cpu = bpf_get_smp_processor_id();
	header->mono_ns = bpf_ktime_get_ns();
	header->boot_ns = bpf_ktime_get_boot_ns();
}

static __always_inline void *buffer_of(enum ring ring)
{
	return ring == RING_DEATHS ? (void *)&ring_deaths : (void *)&ring_events;
}

/*
 * Whether to wake the reader: when enough is waiting, and once per such amount. A wake-up costs eight times
 * what the rest of the exit program does; between two of them the reader's own tick finds the records.
 */
static __always_inline __u64 wake_flags(enum ring ring)
{
	__u64 enough = ring == RING_DEATHS ? options.wake_bytes : options.events_wake_bytes;
	struct control *state;
	__u64 produced, *next;

	if (!enough || bpf_ringbuf_query(buffer_of(ring), BPF_RB_AVAIL_DATA) < enough)
		return BPF_RB_NO_WAKEUP;
	state = only_element(&control);
	if (!state)
		return BPF_RB_NO_WAKEUP;
	produced = bpf_ringbuf_query(buffer_of(ring), BPF_RB_PROD_POS);
	next = ring == RING_DEATHS ? &state->next_wake : &state->events_next_wake;
	if (produced < *next)
		return BPF_RB_NO_WAKEUP;
	*next = produced + enough;
	return BPF_RB_FORCE_WAKEUP;
}

/* Room for a record, its header filled; NULL when the ring is full, and that is counted. End it with submit. */
#define reserve(type, ring, table, counter) ((type *)reserve_bytes(sizeof(type), ring, table, counter))

static __always_inline void *reserve_bytes(__u64 bytes, enum ring ring, enum table table, struct counter *counter)
{
	struct record_header *header = bpf_ringbuf_reserve(buffer_of(ring), bytes, 0);

	if (header)
		fill_header(header, table);
	else
		count_lost(counter, bpf_ktime_get_boot_ns());
	return header;
}

static __always_inline void submit(void *record, enum ring ring)
{
	bpf_ringbuf_submit(record, wake_flags(ring));
}

/*
 * The same for a record of variable length, made in scratch memory with room for `most`: false when it was lost.
 * The bound stands right before the call, because older verifiers (5.10) forget that of a number that was put aside.
 */
static __always_inline bool emit(struct record_header *record, __u64 bytes, __u64 most, enum ring ring, enum table table,
				 struct counter *counter)
{
	__u64 flags = wake_flags(ring);

	fill_header(record, table);
	barrier_var(bytes);
	if (bytes <= most && !bpf_ringbuf_output(buffer_of(ring), record, bytes, flags))
		return true;
	count_lost(counter, record->boot_ns);
	return false;
}

#endif
