/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_TASKS_H
#define EXITBOX_TASKS_H

/* Of one process: all that is written for it must fit the iterator's buffer, 32 KiB. */
#define TASK_ARGS_BYTES (16 * 1024)

/* What precedes a record in the stream, so that it looks like one in a ring; zeros follow up to a multiple of 8. */
struct entry {
	__u32 length;
	__u32 reserved;
};

struct task_scratch {
	struct task_record record;
	char text[2 * PATH_BYTES + TASK_ARGS_BYTES]; /* exe, cwd, arguments, one after another */
};

/* One reader at a time. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct task_scratch);
} tasks_scratch SEC(".maps");

static __always_inline void fill_task(struct task_record *record, struct task_struct *task)
{
	struct task_struct *parent = task->real_parent->group_leader;
	struct signal_struct *signal = task->signal;
	struct tty_struct *tty = signal->tty;

	record->pid = task->tgid;
	record->ppid = parent->tgid;
	record->start_mono_ns = task->start_time;
	record->start_boot_ns = task->start_boottime;
	record->parent_start_boot_ns = parent->start_boottime;
	copy_16(record->comm, task->comm);
	if (tty)
		copy_16(record->tty, tty->name);
	else
		__builtin_memset(record->tty, 0, sizeof(record->tty));
	record->uid = task->real_cred->uid.val;
	record->gid = task->real_cred->gid.val;
	record->loginuid = loginuid_of(task);
	record->sid = signal->pids[PIDTYPE_SID]->numbers[0].nr;
	record->pgid = signal->pids[PIDTYPE_PGID]->numbers[0].nr;
	record->threads = signal->nr_threads;
	record->flags = task->flags & PF_KTHREAD ? PROGRAM_KTHREAD : 0;
	record->reserved = 0;
}

/* Puts exe, cwd and arguments behind the record, and returns how many bytes. */
static __always_inline __u32 put_program(struct task_scratch *scratch, struct task_struct *task, bool with_args)
{
	struct task_record *record = &scratch->record;
	struct mm_struct *mm = task->mm;
	struct place root = place_of(&task->fs->root);
	__u64 args, kept, end = 0;
	__u32 length = UNKNOWN32;

	record->exe_offset = sizeof(*record);
	if (mm)
		length = put_path(scratch->text, 0, 0, place_of(&mm->exe_file->f_path), root, WALK_TASKS);
	record->exe_length = length;
	if (length <= PATH_BYTES)
		end = length;
	record->cwd_offset = sizeof(*record) + end;
	length = put_path(scratch->text, end, 2 * PATH_BYTES - 1, place_of(&task->fs->pwd), root, WALK_TASKS);
	record->cwd_length = length;
	if (length <= PATH_BYTES)
		end += length;
	args = mm ? mm->arg_end - mm->arg_start : 0;
	record->args_bytes = args;
	record->argv_offset = sizeof(*record) + end;
	record->argv_length = UNKNOWN32;
	kept = args < options.max_args_bytes ? args : options.max_args_bytes;
	if (kept > TASK_ARGS_BYTES)
		kept = TASK_ARGS_BYTES;
	if (with_args && kept &&
	    !bpf_copy_from_user_task(&scratch->text[end & (2 * PATH_BYTES - 1)], kept, (void *)mm->arg_start, task, 0)) {
		record->argv_length = kept;
		end += kept;
	}
	return end;
}

/* Bytes of a record in the stream: behind its entry, and up to a multiple of 8. */
static __always_inline __u64 in_stream(__u64 length)
{
	return length ? (sizeof(struct entry) + length + 7) & ~7ULL : 0;
}

static __always_inline void write_entry(struct seq_file *seq, struct record_header *record, __u64 length, enum table table)
{
	struct entry entry = { .length = length };
	__u64 zeros = 0;

	fill_header(record, table);
	bpf_seq_write(seq, &entry, sizeof(entry));
	bpf_seq_write(seq, record, length);
	bpf_seq_write(seq, &zeros, -length & 7);
}

/*
 * When the rest of the buffer is too small the kernel takes back all of it and asks again for the same process, so
 * nothing is counted before it is known to fit.
 */
static __always_inline int task_found(struct bpf_iter__task *context, bool with_args)
{
	__u32 table = TABLE_TASKS;
	struct seq_file *seq = context->meta->seq;
	struct task_struct *task = context->task;
	struct counter *counter = counter_of(TABLE_TASKS), *names = counter_of(TABLE_CGROUP_NAMES);
	struct cgroup_path *name = bpf_map_lookup_elem(&cgroup_path, &table);
	struct task_scratch *scratch = only_element(&tasks_scratch);
	struct control *state = only_element(&control);
	__u64 cgroup_id, length, name_length = 0;
	struct cgroups cgroups;
	struct cgroup *cgroup;
	bool fits;

	if (!task || !counter || !names || !scratch || !state || !name)
		return 0;
	if (task->pid != task->tgid || !task->signal->live.counter || !is_followed(task))
		return 0;
	fill_task(&scratch->record, task);
	cgroups = cgroups_of(task);
	cgroup = cgroup_of(&cgroups, &cgroup_id);
	scratch->record.cgroup_id = cgroup_id;
	if (!is_named(cgroup_id, RING_TASKS, state->names_epoch))
		name_length = make_cgroup_name(address_in(&cgroup->kn), cgroup_id, table);
	length = sizeof(scratch->record) + put_program(scratch, task, with_args);
	barrier_var(length);
	barrier_var(name_length);
	if (length > sizeof(scratch->record) + sizeof(scratch->text))
		return 0;
	if (name_length > sizeof(name->record) + PATH_BYTES)
		name_length = 0;
	fits = in_stream(name_length) + in_stream(length) < seq->size - seq->count;
	if (name_length) {
		write_entry(seq, &name->record.header, name_length, TABLE_CGROUP_NAMES);
		if (fits) {
			count(&names->seen);
			mark_named(cgroup_id, RING_TASKS, state->names_epoch);
		}
	}
	write_entry(seq, &scratch->record.header, length, TABLE_TASKS);
	if (fits)
		count(&counter->seen);
	return 0;
}

#endif
