/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_MAPS_H
#define EXITBOX_MAPS_H

const volatile struct options options = {
	.uid = UNKNOWN64,
	.wake_bytes = 8 * 1024 * 1024,
	.events_wake_bytes = 8 * 1024 * 1024,
	.page_bytes = 4096,
	.max_args_bytes = MAX_ARGS_BYTES,
};

/* The ways to user space. The last one is no ring: what the tasks iterator is read for. */
enum ring { RING_DEATHS, RING_EVENTS, RING_TASKS, RINGS };

/* Deaths, OOM kills and heartbeats. User space resizes the rings before loading (a power of two of pages). */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 32 * 1024 * 1024);
} ring_deaths SEC(".maps");

/* The rest, much more at times, and as much as a process likes: it must not push out a death. What signals say of deaths stands on the deaths. */
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 32 * 1024 * 1024);
} ring_events SEC(".maps");

/* By table number. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, TABLES);
	__type(key, __u32);
	__type(value, struct counter);
} counters SEC(".maps");

/* By CPU: user space makes it as long as there are CPUs. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct tally);
} tally SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct control);
} control SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct heartbeat_values);
} beat SEC(".maps");

/*
 * What user space says of a pinned set of programs, as JSON that zeros follow: it travels with the pins, and says how to
 * read what they write. No program uses it.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__uint(key_size, sizeof(__u32));
	__uint(value_size, FACTS_BYTES);
} facts SEC(".maps");

/* clang keeps a record's BTF only when a global needs the type. */
struct exit_record *layout_of_exit_record;
struct thread_exit_record *layout_of_thread_exit_record;
struct exec_record *layout_of_exec_record;
struct fork_record *layout_of_fork_record;
struct signal_record *layout_of_signal_record;
struct oom_record *layout_of_oom_record;
struct runq_record *layout_of_runq_record;
struct task_record *layout_of_task_record;
struct cgroup_name_record *layout_of_cgroup_name_record;
struct heartbeat_record *layout_of_heartbeat_record;

#endif
