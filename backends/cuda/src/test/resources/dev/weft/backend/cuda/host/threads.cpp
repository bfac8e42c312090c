// Runs a kernel: one block at a time, each of its threads with a stack of its own. A thread runs until it waits for others.
#include "worker.h"

Position weft_position;
u8* weft_dynamic;

enum State { READY, AT_BARRIER, AT_MEETING, ENDED };

struct Thread {
    void* stack;
    State state;
    const void* place;
    const char* file;
    i32 line;
    void* brought;
};

constexpr i32 WARP = 32, MOST_THREADS = 1024, MOST_WARPS = MOST_THREADS / WARP;
constexpr i64 PAGE = 4096, STACK = 128 * 1024, DYNAMIC_ALIGNMENT = 1024;
// Addresses around dynamic shared memory that nothing may touch.
constexpr i64 GUARD = 1 << 20;

static Thread threads[MOST_THREADS];
static void* scheduler;
static u8* stacks;
static u8* dynamic_end;
static i64 dynamic_room;
static Order order;
static u64 random_state;
static Launch current;

// Saves the registers that a call must keep, and goes on with another stack.
extern "C" void weft_switch(void** from, void* to);
asm(R"(
.globl weft_switch
weft_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
)");

static u32 random_below(u32 limit) {
    // Steele, Lea, Flood: Fast splittable pseudorandom number generators.
    u64 z = random_state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (u32) ((z ^ z >> 31) % limit);
}

template <class T> static void arrange(T* places, T count) {
    for (T i = 0; i < count; i++) places[i] = order == REVERSED ? count - 1 - i : i;
    if (order != RANDOM) return;
    for (T i = count - 1; i > 0; i--) {
        T j = random_below((u32) i + 1), place = places[i];
        places[i] = places[j];
        places[j] = place;
    }
}

static u8* reserve(i64 bytes) {
    void* at = mmap(nullptr, bytes, PROTECTION_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (at == (void*) -1) fail("there is no memory for stacks and shared memory");
    return (u8*) at;
}

void take_order(Order how) {
    order = how;
}

void prepare_threads(Order how, u64 seed, i64 most_shared_bytes) {
    order = how;
    random_state = seed;
    stacks = reserve(STACK * MOST_THREADS);
    for (i32 i = 0; i < MOST_THREADS; i++) mprotect(stacks + i * STACK, PAGE, PROTECTION_NONE);
    dynamic_room = (most_shared_bytes + 2 * PAGE - 1) / PAGE * PAGE;
    u8* room = reserve(dynamic_room + 2 * GUARD);
    mprotect(room, GUARD, PROTECTION_NONE);
    dynamic_end = room + GUARD + dynamic_room;
    mprotect(dynamic_end, GUARD, PROTECTION_NONE);
}

bool below_stack(u64 address) {
    u64 bottom = (u64) stacks + (u64) weft_position.thread * STACK;
    return address >= bottom && address < bottom + PAGE;
}

bool near_dynamic_shared(u64 address) {
    u64 end = (u64) dynamic_end;
    return address >= end - dynamic_room - GUARD && address < end + GUARD;
}

static void body() {
    current.kernel->call(current.parameters);
    Thread& me = threads[weft_position.thread];
    me.state = ENDED;
    weft_switch(&me.stack, scheduler);
}

static void wait(Thread& me) {
    weft_switch(&me.stack, scheduler);
}

void weft_barrier(const char* file, i32 line) {
    Thread& me = threads[weft_position.thread];
    me.file = file;
    me.line = line;
    me.place = __builtin_return_address(0);
    me.state = AT_BARRIER;
    wait(me);
}

static const char* says(const Thread& thread, char* to, u64 bytes) {
    switch (thread.state) {
        case READY: return "runs";
        case ENDED: return "has ended";
        case AT_BARRIER: snprintf(to, bytes, "waits for its block at %s:%d", thread.file, thread.line); return to;
        case AT_MEETING: snprintf(to, bytes, "waits for its warp at %s:%d", thread.file, thread.line); return to;
    }
}

// Two threads that had to be at the same place are not.
[[noreturn]] static void diverged(const Thread& one, const Thread& other) {
    char ones[256], others[256];
    weft_position.thread = (i32) (&one - threads);
    fail("%s, but thread %d %s", says(one, ones, sizeof ones), (i32) (&other - threads), says(other, others, sizeof others));
}

// At the same place: in compiled code, where an inlined function is at several, and in the text, of which the compiler may join places.
static bool together(const Thread& one, const Thread& other) {
    return one.state == other.state && one.place == other.place && one.file == other.file && one.line == other.line;
}

void weft_meet(void* brought, void (*work)(void* const*), const char* file, i32 line) {
    Thread& me = threads[weft_position.thread];
    me.file = file;
    me.line = line;
    me.place = __builtin_return_address(0);
    me.brought = brought;
    me.state = AT_MEETING;
    Thread* warp = threads + weft_position.thread / WARP * WARP;
    void* lanes[WARP];
    for (i32 i = 0; i < WARP; i++) {
        if (warp[i].state != AT_MEETING) return wait(me);
        lanes[i] = warp[i].brought;
    }
    for (i32 i = 0; i < WARP; i++) {
        if (!together(me, warp[i])) diverged(me, warp[i]);
    }
    work(lanes);
    for (i32 i = 0; i < WARP; i++) warp[i].state = READY;
}

static bool ready(i32 warp) {
    for (i32 lane = 0; lane < WARP; lane++) if (threads[warp * WARP + lane].state == READY) return true;
    return false;
}

// Each lane that can runs until it waits. Returns whether there was one.
static bool round(i32 warp) {
    if (!ready(warp)) return false;
    i32 lanes[WARP];
    arrange(lanes, WARP);
    for (i32 lane : lanes) {
        Thread& thread = threads[warp * WARP + lane];
        if (thread.state != READY) continue;
        weft_position.thread = warp * WARP + lane;
        weft_switch(&scheduler, thread.stack);
    }
    return true;
}

// Runs until all threads wait for the block or have ended. In order each warp goes as far as it can before the next one starts;
// at random they take turns.
static void run_to_barrier() {
    i32 warps[MOST_WARPS], count = (i32) current.threads / WARP;
    arrange(warps, count);
    if (order == RANDOM) {
        for (i32 quiet = 0; quiet < count;) quiet = round(warps[random_below(count)]) ? 0 : quiet + 1;
    }
    for (i32 i = 0; i < count; i++) while (round(warps[i])) {}
    for (i32 i = 0; i < current.threads; i++) {
        if (threads[i].state != AT_MEETING) continue;
        for (i32 j = i / WARP * WARP; ; j++) if (threads[j].state != AT_MEETING) diverged(threads[i], threads[j]);
    }
}

// Whether there is a barrier to leave; no if all threads have ended.
static bool leave_barrier() {
    for (i32 i = 1; i < current.threads; i++) {
        if (threads[0].state == ENDED ? threads[i].state == ENDED : together(threads[0], threads[i])) continue;
        if (threads[0].state == AT_BARRIER) diverged(threads[0], threads[i]);
        diverged(threads[i], threads[0]);
    }
    if (threads[0].state == ENDED) return false;
    for (i32 i = 0; i < current.threads; i++) threads[i].state = READY;
    return true;
}

static void start_threads() {
    for (i32 i = 0; i < current.threads; i++) {
        // As after a call of weft_switch: six registers, the address to return to, and the stack aligned as at a function's start.
        void** top = (void**) (stacks + (i + 1) * STACK) - 1;
        *--top = (void*) body;
        for (i32 saved = 0; saved < 6; saved++) *--top = nullptr;
        threads[i] = {top, READY, nullptr, nullptr, 0, nullptr};
    }
}

static void check_around_dynamic(u8* from, u8* to) {
    for (u8* at = from; at < to; at++) {
        if (*at != 0xff) fail("a thread of the block wrote outside its %lld bytes of dynamic shared memory", current.shared_bytes);
    }
}

static void run_block() {
    memset(current.kernel->shared, 0xff, current.kernel->shared_end - current.kernel->shared);
    i64 dynamic_bytes = (current.shared_bytes + DYNAMIC_ALIGNMENT - 1) / DYNAMIC_ALIGNMENT * DYNAMIC_ALIGNMENT;
    weft_dynamic = dynamic_end - dynamic_bytes;
    u8* page = dynamic_end - (dynamic_bytes + PAGE) / PAGE * PAGE;
    if (dynamic_bytes > 0) memset(page, 0xff, dynamic_end - page);
    start_threads();
    do run_to_barrier(); while (leave_barrier());
    if (dynamic_bytes > 0) {
        check_around_dynamic(page, weft_dynamic);
        check_around_dynamic(weft_dynamic + current.shared_bytes, dynamic_end);
    }
}

void launch(const Launch& what) {
    current = what;
    i64 count = what.blocks * what.blocks_y;
    i64* blocks = (i64*) malloc(count * sizeof(i64));
    arrange(blocks, count);
    running(what.kernel);
    for (i64 i = 0; i < count; i++) {
        weft_position = {blocks[i] % what.blocks, blocks[i] / what.blocks, what.blocks, 0, (i32) what.threads};
        run_block();
    }
    running(nullptr);
    free(blocks);
}
