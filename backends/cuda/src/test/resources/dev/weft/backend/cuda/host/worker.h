// The parts of the worker.
#include "shim.h"
#include "libc.h"

// Orders in which threads, warps and blocks run. ALL is each of the others in turn, which must give the same bits.
enum Order { FORWARD, REVERSED, RANDOM, ALL };

struct Launch {
    const Kernel* kernel;
    i64 blocks, blocks_y, threads, shared_bytes;
    const u64* parameters;
};

// threads.cpp
void prepare_threads(Order order, u64 seed, i64 most_shared_bytes);
void take_order(Order order);
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

// From now on what goes wrong ends this process without a word.
void end_quietly(i64 limit_milliseconds);

// trials.cpp
void opened(u8* at, i64 bytes);
void closed(const u8* at);
void launch_in_all_orders(const Launch& what);
// As above, and then as kernels that lack something: which of them are found by a fault or by another result.
u64 try_lacking(const Launch& what, const Kernel* const* lacking, i64 number);

// products.cpp
void multiply(const i64* words);
constexpr i32 MULTIPLY_WORDS = 31;

// worker.cpp
bool is_device_address(u64 address);
// Answers the request: a value, or a sentence that says why not.
void answer(i64 value, const char* sentence);
