// The parts of the worker.
#include "shim.h"
#include "libc.h"

// Orders in which threads, warps and blocks run.
enum Order { FORWARD, REVERSED, RANDOM };

struct Launch {
    const Kernel* kernel;
    i64 blocks, blocks_y, threads, shared_bytes;
    const u64* parameters;
};

// threads.cpp
void prepare_threads(Order order, u64 seed, i64 most_shared_bytes);
void launch(const Launch& what);
// Whether the address lies just below the stack of the running thread.
bool below_stack(u64 address);
bool near_dynamic_shared(u64 address);

// faults.cpp
void prepare_faults(i64 limit_milliseconds);
// The running kernel, or null; what it does is then limited in time.
void running(const Kernel* kernel);
// Ends the worker with a sentence about the running thread.
[[noreturn]] __attribute__((format(printf, 1, 2))) void fail(const char* format, ...);

// products.cpp
void multiply(const i64* words);
constexpr i32 MULTIPLY_WORDS = 31;

// worker.cpp
// Answers the request: a value, or a sentence that says why not.
void answer(i64 value, const char* sentence);
