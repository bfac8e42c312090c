// What a kernel does wrong ends the worker, with a sentence that says which thread of which block it was.
#include "worker.h"

enum { SIGILL = 4, SIGBUS = 7, SIGFPE = 8, SIGSEGV = 11, SIGVTALRM = 26 };
constexpr int ON_OTHER_STACK = 0x08000000, WITH_INFORMATION = 4, USER_TIME = 1;
// Places in what Linux tells a handler on x86-64.
constexpr int CODE = 8, NO_ADDRESS = 128, FAULT_ADDRESS = 16, INSTRUCTION = 40 + 16 * 8, ERROR_CODE = 40 + 19 * 8, WRITES = 2;

static const Kernel* kernel;
static i64 limit;
static bool is_quiet;

static void say(i64 value, const char* format, __builtin_va_list arguments) {
    if (is_quiet) _exit(1);
    char sentence[1024];
    int at = 0;
    if (kernel) {
        at = snprintf(sentence, sizeof sentence, "kernel %s: block (%lld, %lld), thread %d: ", kernel->name, weft_position.block,
                weft_position.block_y, weft_position.thread);
    }
    vsnprintf(sentence + at, sizeof sentence - at, format, arguments);
    answer(value, sentence);
    _exit(1);
}

[[noreturn]] __attribute__((format(printf, 2, 3))) static void fail_at(i64 address, const char* format, ...) {
    __builtin_va_list arguments;
    __builtin_va_start(arguments, format);
    say(address, format, arguments);
    __builtin_unreachable();
}

void fail(const char* format, ...) {
    __builtin_va_list arguments;
    __builtin_va_start(arguments, format);
    say(0, format, arguments);
    __builtin_unreachable();
}

[[noreturn]] static void not_aligned() {
    fail("accesses memory at an address that is not aligned for its type");
}

// Checks that clang put into the kernel end in an instruction that says which one failed.
static void check_failed(const u8* instruction) {
    enum { OUT_OF_BOUNDS = 18, SHIFT = 20, TYPE_MISMATCH = 22 };
    const u8 trap[] = {0x67, 0x0f, 0xb9, 0x40};
    for (int i = 0; i < 4; i++) if (instruction[i] != trap[i]) fail("runs into what is no instruction");
    switch (instruction[4]) {
        case OUT_OF_BOUNDS: fail("takes an element outside an array");
        case SHIFT: fail("shifts by more bits than there are");
        case TYPE_MISMATCH: not_aligned();
        default: fail("failed clang's check number %d", instruction[4]);
    }
}

static void fault(int signal, const u8* information, const u8* context) {
    u64 address = *(const u64*) (information + FAULT_ADDRESS);
    const char* what = *(const u64*) (context + ERROR_CODE) & WRITES ? "writes to" : "reads from";
    // An aligned vector instruction is told of no address, and neither is one whose address no memory can have.
    if (signal == SIGSEGV && *(const int*) (information + CODE) == NO_ADDRESS) not_aligned();
    switch (signal) {
        case SIGILL: check_failed(*(const u8* const*) (context + INSTRUCTION)); break;
        case SIGFPE: fail("divides an integer by 0");
        case SIGVTALRM: fail("the kernel has run for more than %lld ms of processor time", limit);
        default: break;
    }
    if (kernel && below_stack(address)) fail("its local variables take more than the stack that the host device has for a thread");
    if (near_dynamic_shared(address)) fail("%s an address outside its dynamic shared memory", what);
    fail_at((i64) address, "%s address 0x%llx, which it must not", what, address);
}

void end_quietly(i64 limit_milliseconds) {
    is_quiet = true;
    limit = limit_milliseconds;
}

void prepare_faults(i64 limit_milliseconds) {
    static u8 stack[64 * 1024];
    limit = limit_milliseconds;
    SignalStack other{stack, 0, sizeof stack};
    sigaltstack(&other, nullptr);
    Action action{};
    action.handler = fault;
    action.flags = ON_OTHER_STACK | WITH_INFORMATION;
    const int signals[] = {SIGILL, SIGBUS, SIGFPE, SIGSEGV, SIGVTALRM};
    for (int signal : signals) sigaction(signal, &action, nullptr);
}

void running(const Kernel* which) {
    kernel = which;
    i64 left = which ? limit : 0;
    Interval interval{0, 0, (long) (left / 1000), (long) (left % 1000 * 1000)};
    setitimer(USER_TIME, &interval, nullptr);
}
