/* SPDX-License-Identifier: (GPL-2.0 OR BSD-2-Clause) */
#ifndef EXITBOX_KILL_BY_ITSELF_H
#define EXITBOX_KILL_BY_ITSELF_H

/* Killed by what the process itself did: signals to itself, and faults. */

#include <fcntl.h>
#include <sys/mman.h>

#include "kill.h"

static void run_raise(void) { raise(SIGTERM); }
static void run_kill_self(void) { kill(getpid(), SIGKILL); }

static void k_raise(struct truth *t) { die_of(t, run_raise, CAUSE_SELF, SI_TKILL); }
static void k_abort(struct truth *t) { die_of(t, abort, CAUSE_SELF, SI_TKILL); }
static void k_kill_self(struct truth *t) { die_of(t, run_kill_self, CAUSE_SELF, SI_USER); }

static void run_segv(void) { *(volatile int *)0x1230 = 0; }

static char *beyond_end;

static void run_bus(void)
{
	*(volatile char *)beyond_end = 0;
}

static void run_gpf(void)
{
#ifdef __x86_64__
	*(volatile int *)0x8000000000000000ULL = 0; /* no such address: the CPU does not say which */
#else
	raise(SIGSEGV);
#endif
}

static void run_fpe(void)
{
#ifdef __x86_64__
	__asm__ volatile("xor %%edx, %%edx\n\txor %%ecx, %%ecx\n\tdiv %%ecx" ::: "eax", "ecx", "edx");
#endif
}

static void run_ill(void) { __builtin_trap(); }

static void faulted(struct truth *t, void (*run)(void), int code, bool has_address, __u64 address)
{
	limit_core(0);
	die_of(t, run, CAUSE_FAULT, code);
	t->has_address = has_address;
	t->address = address;
}

static void k_segv(struct truth *t) { faulted(t, run_segv, SEGV_MAPERR, true, 0x1230); }
static void k_fpe(struct truth *t) { faulted(t, run_fpe, FPE_INTDIV, true, ANY_ADDRESS); }
static void k_ill(struct truth *t) { faulted(t, run_ill, ILL_ILLOPN, true, ANY_ADDRESS); }
static void k_gpf(struct truth *t) { faulted(t, run_gpf, SI_KERNEL, false, 0); }

static void k_bus(struct truth *t)
{
	int fd = open("small", O_CREAT | O_RDWR, 0600);

	beyond_end = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	faulted(t, run_bus, BUS_ADRERR, true, (__u64)beyond_end);
	munmap(beyond_end, 4096);
	close(fd);
}

#endif
