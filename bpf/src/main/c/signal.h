/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_SIGNAL_H
#define EXITBOX_SIGNAL_H

/* Recorded whatever comes of them. */
#define TOLD                                                                                                           \
	(bit(SIGHUP) | bit(SIGINT) | bit(SIGQUIT) | bit(SIGABRT) | bit(SIGTERM) | bit(SIGKILL) | bit(SIGXCPU))

static __always_inline enum signal_action action_of(const struct target *target, int sig)
{
	__u64 handler = 0;

	/* Unavoidable: the verifier takes no variable index into a kernel array. */
	bpf_probe_read_kernel(&handler, sizeof(handler),
			      (char *)&target->sighand->action + ((sig - 1) & 63) * bpf_core_type_size(struct k_sigaction) +
				      bpf_core_field_offset(struct k_sigaction, sa.sa_handler));
	return handler == 0 ? ACTION_DEFAULT : handler == 1 ? ACTION_IGNORE : ACTION_HANDLER;
}

/* Made here and not on the stack, where the verifier would follow each cause to the end on its own. */
struct signal_scratch {
	struct signal_record record;
	struct doom doom;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct signal_scratch);
} signal_scratch SEC(".maps");

static __always_inline void fill_target(struct signal_record *record, const struct target *target)
{
	struct task_struct *task = target->task, *leader = target->leader;

	record->pid = task->tgid;
	record->tid = task->pid;
	record->start_mono_ns = leader->start_time;
	record->start_boot_ns = leader->start_boottime;
	copy_16(record->comm, task->comm);
	record->uid = target->cred->uid.val;
}

static __always_inline void copy_origin(struct signal_record *record, const struct origin *origin)
{
	record->si_code = origin->si_code;
	record->cause = origin->cause;
	record->current_pid = origin->sender.pid;
	record->current_tid = origin->sender.tid;
	record->current_uid = origin->sender.uid;
	record->current_loginuid = origin->sender.loginuid;
	record->reserved = 0;
	record->current_start_boot_ns = origin->sender.start_boot_ns;
	copy_16(record->current_comm, origin->sender.comm);
	record->fault_addr = origin->fault_addr;
}

/* Behind complete_signal(): a signal that ends its process at once has made the group's exit code. */
static __always_inline bool is_dying_of(struct signal_struct *signal, int sig)
{
	return !in_set(sig, CORE_SIGNALS) && signal->flags & SIGNAL_GROUP_EXIT && signal->group_exit_code == sig;
}

static __always_inline int signal_made(int sig, struct kernel_siginfo *info, __u64 raw, struct task_struct *task,
				       int group, int result)
{
	struct counter *counter = counter_of(TABLE_SIGNALS);
	bool told = options.signals_all || in_set(sig, TOLD);
	bool queued = result == TRACE_SIGNAL_DELIVERED || result == TRACE_SIGNAL_LOSE_INFO;
	bool lethal = queued && !in_set(sig, HARMLESS);
	struct signal_scratch *scratch;
	struct signal_record *record;
	struct target target;
	struct cgroup *cgroup;
	struct doom *doom;
	bool blocked;

	if (!counter)
		return 0;
	count(&counter->seen);
	if ((!told && !lethal) || (!is_followed(task) && (__u32)task->tgid != options.recorder)) {
		count(&counter->filtered);
		return 0;
	}
	scratch = only_element(&signal_scratch);
	if (!scratch) {
		count_lost(counter, bpf_ktime_get_boot_ns());
		return 0;
	}
	record = &scratch->record;
	doom = &scratch->doom;
	target = target_of(task);
	record->action = action_of(&target, sig);
	blocked = task->blocked.sig[0] >> ((sig - 1) & 63) & 1;
	doom->decided = is_dying_of(target.signal, sig);
	lethal &= doom->decided || blocked || record->action == ACTION_DEFAULT;
	if (!told && !lethal) {
		count(&counter->filtered);
		return 0;
	}
	fill_target(record, &target);
	fill_origin(&doom->origin, sig, info, raw, &target);
	cgroup = cgroup_of(&target.cgroups, &record->cgroup_id);
	copy_origin(record, &doom->origin);
	record->signal = sig;
	record->result = result;
	record->flags = doom->origin.flags | (group ? 0 : SIGNAL_THREAD_DIRECTED) | (blocked ? SIGNAL_BLOCKED : 0);
	if (lethal && note_doom(doom, record, target.signal) &&
	    (doom->decided || (in_set(sig, CORE_SIGNALS) && !blocked && !task->ptrace)))
		record->flags |= SIGNAL_DOOMS;
	if (!told && !(record->flags & SIGNAL_DOOMS)) {
		count(&counter->filtered);
		return 0;
	}
	name_cgroup(cgroup, record->cgroup_id, RING_EVENTS, TABLE_SIGNALS);
	emit(&record->header, sizeof(*record), sizeof(*record), RING_EVENTS, TABLE_SIGNALS, counter);
	return 0;
}

#endif
