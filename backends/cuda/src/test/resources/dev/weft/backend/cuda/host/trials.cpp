// Runs a launch several times on the same memory: in all orders, which must agree, and with kernels that lack something, which must not.
#include "worker.h"

// Device memory that is open to kernels.
struct Range {
    u8* at;
    i64 bytes;
};

static Range* ranges;
static i64 count, room;

// How long a kernel that lacks something may take.
constexpr i64 TRIAL_MILLISECONDS = 2000;

void opened(u8* at, i64 bytes) {
    if (count == room) {
        room = 2 * room + 16;
        Range* more = (Range*) malloc(room * sizeof(Range));
        if (count > 0) memcpy(more, ranges, count * sizeof(Range));
        free(ranges);
        ranges = more;
    }
    ranges[count++] = {at, bytes};
}

void closed(const u8* at) {
    for (i64 i = 0; i < count; i++) {
        if (ranges[i].at == at) ranges[i--] = ranges[--count];
    }
}

static i64 find(u64 address) {
    for (i64 i = 0; i < count; i++) if (address - (u64) ranges[i].at < (u64) ranges[i].bytes) return i;
    return -1;
}

// What a launch can reach: memory that it is given, and that this points to.
struct Reach {
    bool* reached = (bool*) malloc(count + 1);

    explicit Reach(const Launch& what) {
        memset(reached, 0, count + 1);
        for (i32 i = 0; i < what.kernel->parameters; i++) {
            i64 given = find(what.parameters[i]);
            if (given < 0 || reached[given]) continue;
            reached[given] = true;
            const u64* words = (const u64*) ranges[given].at;
            for (i64 k = 0; k < ranges[given].bytes / 8; k++) {
                if (!is_device_address(words[k])) continue;
                i64 behind = find(words[k]);
                if (behind >= 0) reached[behind] = true;
            }
        }
    }
    ~Reach() { free(reached); }
};

// A copy of all that a launch can reach.
struct Copy {
    const Reach& reach;
    u8* bytes;

    explicit Copy(const Reach& reach) : reach(reach) {
        i64 all = 0;
        for (i64 i = 0; i < count; i++) all += reach.reached[i] ? ranges[i].bytes : 0;
        bytes = (u8*) malloc(all + 1);
        u8* to = bytes;
        for (i64 i = 0; i < count; i++) {
            if (!reach.reached[i]) continue;
            memcpy(to, ranges[i].at, ranges[i].bytes);
            to += ranges[i].bytes;
        }
    }
    ~Copy() { free(bytes); }

    void restore() const {
        const u8* from = bytes;
        for (i64 i = 0; i < count; i++) {
            if (!reach.reached[i]) continue;
            memcpy(ranges[i].at, from, ranges[i].bytes);
            from += ranges[i].bytes;
        }
    }

    // The first address at which memory is different now; null if it is the same.
    const u8* difference() const {
        const u8* from = bytes;
        for (i64 i = 0; i < count; i++) {
            if (!reach.reached[i]) continue;
            if (memcmp(ranges[i].at, from, ranges[i].bytes) != 0) {
                i64 at = 0;
                while (ranges[i].at[at] == from[at]) at++;
                return ranges[i].at + at;
            }
            from += ranges[i].bytes;
        }
        return nullptr;
    }
};

constexpr Order ORDERS[] = {FORWARD, REVERSED, RANDOM};

static void run_in(Order order, const Launch& what) {
    take_order(order);
    launch(what);
}

// Leaves what the first order gives.
static void agree(const Launch& what, const Copy& before, const Copy& after) {
    for (Order order : ORDERS) {
        if (order == FORWARD) continue;
        before.restore();
        run_in(order, what);
        if (const u8* at = after.difference()) {
            fail("kernel %s: must give the same bits in every order of threads; forward and %s differ first at 0x%llx",
                    what.kernel->name, order == REVERSED ? "reversed" : "random", (u64) at);
        }
    }
}

void launch_in_all_orders(const Launch& what) {
    Reach reach(what);
    Copy before(reach);
    run_in(FORWARD, what);
    Copy after(reach);
    agree(what, before, after);
    take_order(ALL);
}

// Whether something goes wrong in a process of its own, or the result is another one.
static bool is_found(Launch what, const Kernel* lacking, Order order, const Copy& before, const Copy& after) {
    before.restore();
    int child = fork();
    if (child == 0) {
        end_quietly(TRIAL_MILLISECONDS);
        what.kernel = lacking;
        run_in(order, what);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status != 0 || after.difference();
}

u64 try_lacking(const Launch& what, const Kernel* const* lacking, i64 number) {
    Reach reach(what);
    Copy before(reach);
    run_in(FORWARD, what);
    Copy after(reach);
    agree(what, before, after);
    u64 found = 0;
    for (i64 i = 0; i < number; i++) {
        for (Order order : ORDERS) {
            if (!(found >> i & 1) && is_found(what, lacking[i], order, before, after)) found |= 1ull << i;
        }
    }
    after.restore();
    take_order(ALL);
    return found;
}
