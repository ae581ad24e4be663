// SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause)

/*
 * exitbox in the kernel. One of the three exit programs is loaded, chosen by user space from the kernel's BTF:
 *
 *   exit_group_dead   where tracepoint sched_process_exit says itself whether the process is dead
 *                     (3e816361e94a; not in 6.12, in 6.18)
 *   exit_taskstats    older: taskstats_exit() is called at the same place and is told the same (needs fentry)
 *   exit_live         where fentry is refused: the tracepoint, and signal->live. Two threads can both see 0 there,
 *                     so user space keeps the last exit record of (pid, start) and takes earlier ones for thread exits
 */

#include <stdbool.h>
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#include <bpf/bpf_core_read.h>

#include "kernel.h"
#include "records.h"
#include "maps.h"
#include "emit.h"
#include "cgroup.h"
#include "task.h"
#include "follow.h"
#include "path.h"
#include "exec.h"
#include "fork.h"
#include "oom.h"
#include "killer.h"
#include "signal.h"
#include "victim.h"
#include "runq.h"
#include "tasks.h"
#include "exec_failed.h"
#include "adopt.h"

/* The kernel's filters, which choose deaths: what they refuse is counted as filtered. */
static __always_inline bool wanted(struct task_struct *task, const struct cred *cred, __u32 status)
{
	if (!is_followed(task))
		return false;
	if (options.pid && (__u32)task->tgid != options.pid)
		return false;
	if (options.failed_only && !status)
		return false;
	if (options.uid != UNKNOWN64 && cred->uid.val != options.uid)
		return false;
	return !options.cgroup || in_wanted_cgroup(task);
}

static __always_inline int process_died(struct task_struct *task)
{
	struct counter *counter = counter_of(TABLE_EXITS);
	struct dying dying = dying_of(task);
	struct exit_record *record;
	__u32 status = status_of(&dying);

	if (!counter)
		return 0;
	count(&counter->seen);
	if (!wanted(task, dying.cred, status)) {
		count(&counter->filtered);
		return 0;
	}
	name_cgroup_of(&dying.cgroups, RING_DEATHS, TABLE_EXITS);
	record = reserve(struct exit_record, RING_DEATHS, TABLE_EXITS, counter);
	if (!record)
		return 0;
	record->status = status;
	record->leader_status = dying.leader->exit_code;
	record->task_status = task->exit_code;
	record->exit_signal = dying.leader->exit_signal;
	record->oom_score_adj = dying.signal->oom_score_adj;
	record->flags = exit_flags(task, dying.signal);
	record->task_flags = task->flags;
	fill_identity(record, &dying);
	fill_usage(record, &dying);
	fill_killer(record, &dying, status);
	record->cgroup_id = cgroup_id_of(&dying.cgroups);
	submit(record, RING_DEATHS);
	return 0;
}

static __always_inline int thread_ended(struct task_struct *task)
{
	struct counter *counter = counter_of(TABLE_THREAD_EXITS);
	struct task_struct *leader = task->group_leader;
	const struct cred *cred = task->real_cred;
	struct thread_exit_record *record;

	if (!counter)
		return 0;
	count(&counter->seen);
	/* A leader that leaves early is always wanted: tools before exitbox took it for the process's death. */
	if ((!options.threads && task->pid != task->tgid) || !wanted(task, cred, task->exit_code)) {
		count(&counter->filtered);
		return 0;
	}
	record = reserve(struct thread_exit_record, RING_DEATHS, TABLE_THREAD_EXITS, counter);
	if (!record)
		return 0;
	record->pid = task->tgid;
	record->tid = task->pid;
	record->ppid = leader->real_parent->tgid;
	record->uid = cred->uid.val;
	record->start_mono_ns = leader->start_time;
	record->start_boot_ns = leader->start_boottime;
	record->thread_start_mono_ns = task->start_time;
	record->thread_start_boot_ns = task->start_boottime;
	copy_16(record->comm, task->comm);
	record->status = task->exit_code;
	record->flags = exit_flags(task, task->signal);
	submit(record, RING_DEATHS);
	return 0;
}

static __always_inline int task_ended(struct task_struct *task, bool group_dead)
{
	if (!group_dead)
		return thread_ended(task);
	process_died(task);
	unfollow(task->tgid);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(exit_group_dead, struct task_struct *task, bool group_dead)
{
	return task_ended(task, group_dead);
}

SEC("fentry/taskstats_exit")
int BPF_PROG(exit_taskstats, struct task_struct *task, int group_dead)
{
	return task_ended(task, group_dead);
}

/* Goes on following, for the process may not be dead yet: the next fork of that number sets it right. */
SEC("tp_btf/sched_process_exit")
int BPF_PROG(exit_live, struct task_struct *task)
{
	return task->signal->live.counter ? thread_ended(task) : process_died(task);
}

/* The thread's name is about to change: by exec, or otherwise. */
SEC("tp_btf/task_rename")
int BPF_PROG(rename, struct task_struct *task)
{
	keep_comm(task);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(exec, struct task_struct *task, int old_tid, struct linux_binprm *bprm)
{
	return process_execed(task, old_tid, bprm);
}

#ifdef HAS_EXEC_FAILED
SEC("tp_btf/sys_exit")
int BPF_PROG(exec_failed, struct pt_regs *regs, long ret)
{
	/* Nearly all calls end here. */
	if (ret >= 0 || ret < -4095 || (syscall_number(regs) != NR_EXECVE && syscall_number(regs) != NR_EXECVEAT))
		return 0;
	return syscall_ended(regs, ret);
}
#endif

SEC("tp_btf/task_newtask")
int BPF_PROG(fork, struct task_struct *task, __u64 clone_flags)
{
	return task_created(task, clone_flags);
}

SEC("tp_btf/signal_generate")
int BPF_PROG(signal, int sig, struct kernel_siginfo *info, struct task_struct *task, int group, int result)
{
	/* Not `info == 0`: the verifier takes an argument for a pointer that is never NULL, and drops what follows. */
	return signal_made(sig, info, address_in(&ctx[1]), task, group, result);
}

/* The victim, or before 6.8 and what took it back only its number. */
SEC("tp_btf/mark_victim")
int oom(__u64 *context)
{
	if (bpf_core_field_exists(struct trace_event_raw_mark_victim, uid))
		return victim_chosen((struct task_struct *)context[0]);
	return victim_numbered((__u32)context[0]);
}

SEC("tp_btf/sched_switch")
int BPF_PROG(runq, bool preempt, struct task_struct *prev, struct task_struct *next)
{
	return thread_switched(prev, next);
}

SEC("iter.s/task")
int tasks(struct bpf_iter__task *context)
{
	return task_found(context, true);
}

/* Where an iterator cannot sleep, or not read another's memory (both 5.18). */
SEC("iter/task")
int tasks_no_args(struct bpf_iter__task *context)
{
	return task_found(context, false);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(adopt_orphans, struct task_struct *task)
{
	return orphans_adopted(task, address_in(&ctx[0]));
}

SEC("iter/task")
int adopt_living(struct bpf_iter__task *context)
{
	return living_adopted(context->task);
}

/*
 * Run once a second by user space (BPF_PROG_TEST_RUN; raw_tp has it since 5.10), attached to nothing.
 * The record goes the whole way, through the ring, so its row proves that the way is open.
 */
SEC("raw_tp")
int heartbeat(void *ctx)
{
	struct counter *counter = counter_of(TABLE_HEARTBEATS);
	struct heartbeat_values *values = only_element(&beat);
	__u64 waiting = bpf_ringbuf_query(&ring_deaths, BPF_RB_AVAIL_DATA);
	struct heartbeat_record *record;

	if (!counter || !values)
		return 0;
	count(&counter->seen);
	record = reserve(struct heartbeat_record, RING_DEATHS, TABLE_HEARTBEATS, counter);
	if (!record)
		return 0;
	record->ring_fill_bytes = waiting;
	record->ring_bytes = bpf_ringbuf_query(&ring_deaths, BPF_RB_RING_SIZE);
	record->events_fill_bytes = bpf_ringbuf_query(&ring_events, BPF_RB_AVAIL_DATA);
	record->events_ring_bytes = bpf_ringbuf_query(&ring_events, BPF_RB_RING_SIZE);
	record->real_ns = values->real_ns;
	record->real_boot_ns = values->real_boot_ns;
	record->real_error_ns = values->real_error_ns;
	record->spool_bytes = values->spool_bytes;
	__builtin_memcpy(record->seen, values->seen, sizeof(record->seen));
	__builtin_memcpy(record->filtered, values->filtered, sizeof(record->filtered));
	__builtin_memcpy(record->lost, values->lost, sizeof(record->lost));
	submit(record, RING_DEATHS);
	return 1;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
