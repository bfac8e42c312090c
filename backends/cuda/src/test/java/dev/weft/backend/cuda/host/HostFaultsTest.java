package dev.weft.backend.cuda.host;

import static dev.weft.backend.cuda.host.HostRun.ORDERS;
import static dev.weft.backend.cuda.host.HostRun.get;
import static dev.weft.backend.cuda.host.HostRun.kernel;
import static dev.weft.backend.cuda.host.HostRun.put;
import static dev.weft.backend.cuda.host.HostRun.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.graph.DefectException;
import java.time.Duration;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** What a kernel does wrong is said with the kernel, the block and the thread, and the tests live on. */
class HostFaultsTest {

    /** What is said when two blocks of 64 threads run that on 64 numbers. */
    private static AbstractThrowableAssert<?, ? extends Throwable> faultOf(Order order, String statement) {
        Source kernel = kernel("wrong", 1, "KERNEL void wrong(float* y) { " + statement + " }");
        try (HostDevice device = HostDevice.open(1 << 20, order, Duration.ofMillis(200))) {
            long y = put(device, new float[64]);
            return assertThatThrownBy(() -> run(device, kernel, new Grid(2, 1, 64, 40), y))
                    .isInstanceOf(DefectException.class);
        }
    }

    private static AbstractThrowableAssert<?, ? extends Throwable> faultOf(String statement) {
        return faultOf(Order.FORWARD, statement);
    }

    @Test
    void threadsThatMissTheBarrier() {
        faultOf("if (thread() < 63) sync();")
                .hasMessage(
                        "kernel wrong: block (0, 0), thread 0: waits for its block at wrong:1, but thread 63 has ended");
        faultOf(Order.REVERSED, "if (thread() > 0) sync();")
                .hasMessage(
                        "kernel wrong: block (1, 0), thread 1: waits for its block at wrong:1, but thread 0 has ended");
    }

    @Test
    void threadsAtDifferentBarriers() {
        for (Order order : ORDERS) {
            faultOf(order, "if (thread() < 32) sync(); else\nsync();")
                    .hasMessageContaining(
                            "thread 0: waits for its block at wrong:1, but thread 32 waits for its block at wrong:2");
        }
    }

    @Test
    void lanesThatDoNotMeet() {
        for (Order order : ORDERS) {
            faultOf(order, "if (thread() % 2) y[thread()] = shuffle_xor(y[thread()], 2);")
                    .hasMessageContaining("waits for its warp at wrong:1, but thread ")
                    .hasMessageContaining("has ended");
            faultOf(
                            order,
                            "float x = 1; if (thread() % 2) x = shuffle_xor(x, 1);\nelse x = shuffle_xor(x, 2); y[thread()] = x;")
                    .hasMessageContaining("wrong:1")
                    .hasMessageContaining("wrong:2");
        }
    }

    @Test
    void accessesOutsideOfAllocations() {
        faultOf("y[64 + thread()] = 1;")
                .hasMessageMatching(
                        "kernel wrong: block \\(0, 0\\), thread 0: writes to address 0x20\\p{XDigit}+, which it must not; "
                                + "it is 0 bytes after the end of numbers");
        faultOf("y[0] = y[100 * thread()];")
                .hasMessageContaining("thread 1: reads from")
                .hasMessageContaining("144 bytes after the end");
        faultOf("y[-2000 + thread()] = 1;").hasMessageContaining("8,000 bytes before numbers");
        faultOf("((float*) (u64) thread())[0] = 1;").hasMessageContaining("thread 0: ");
    }

    @Test
    void elementsOutsideOfArrays() {
        faultOf("SHARED float kept[63]; kept[thread()] = 1; y[0] = kept[0];")
                .hasMessage("kernel wrong: block (0, 0), thread 63: takes an element outside an array");
        faultOf("float kept[4]; for (i32 i = 0; i < 4; i++) kept[i] = y[i]; y[0] = kept[thread()];")
                .hasMessageContaining("thread 4: takes an element outside an array");
    }

    @Test
    void addressesThatAreNotAligned() {
        faultOf("struct alignas(16) Four { float x[4]; }; *(Four*) (y + thread()) = {1, 2, 3, 4};")
                .hasMessageContaining("thread 1: accesses memory at an address that is not aligned for its type");
    }

    @Test
    void accessesOutsideOfDynamicSharedMemory() {
        faultOf("((float*) dynamic_shared())[thread()] = 1;")
                .hasMessageContaining("wrote outside its 40 bytes of dynamic shared memory");
        faultOf("((float*) dynamic_shared())[10000 + thread()] = 1;")
                .hasMessageContaining("writes to an address outside its dynamic shared memory");
    }

    @Test
    void moreLocalVariablesThanThereIsRoomFor() {
        faultOf("volatile float kept[100000]; kept[thread()] = 1; sync(); y[0] = kept[0];")
                .hasMessageContaining("more than the stack");
    }

    @Test
    void integersDividedByZero() {
        faultOf("y[0] = 7 / (thread() - 5);").hasMessageContaining("thread 5: divides an integer by 0");
    }

    @Test
    void kernelsThatDoNotEnd() {
        faultOf("while (y[0] == 0) sync();").hasMessageContaining("has run for more than 200 ms");
    }

    @Test
    void theDeviceIsLostAndAnotherOneWorks() {
        Source wrong = kernel("wrong", 1, "KERNEL void wrong(float* y) { y[1 << 30] = 1; }");
        Source right = kernel("right", 1, "KERNEL void right(float* y) { y[thread()] = 1; }");
        try (HostDevice device = HostDevice.open(1 << 20, Order.FORWARD)) {
            long y = put(device, new float[32]);
            assertThatThrownBy(() -> run(device, wrong, new Grid(1, 32), y)).hasMessageContaining("kernel wrong");
            assertThatThrownBy(() -> run(device, right, new Grid(1, 32), y))
                    .isInstanceOf(DefectException.class)
                    .hasMessageStartingWith("host device: is lost since this went wrong: kernel wrong");
        }
        try (HostDevice device = HostDevice.open(1 << 20, Order.FORWARD)) {
            long y = put(device, new float[32]);
            run(device, right, new Grid(1, 32), y);
            assertThat(get(device, y, 32)).containsOnly(1);
        }
    }

    @Test
    void textThatIsNotAccepted() {
        assertThatThrownBy(() -> HostDevice.hostCompiler()
                        .compile(
                                java.util.List.of(kernel("wrong", 1, "KERNEL void wrong(float* y) {\n  y[0] = z;\n}"))))
                .isInstanceOf(DefectException.class)
                .hasMessageContaining("wrong:2:10: error: use of undeclared identifier 'z'");
        assertThatThrownBy(() -> HostDevice.hostCompiler()
                        .compile(java.util.List.of(kernel("wrong", 2, "KERNEL void wrong(float* y) {}"))))
                .hasMessageContaining("as many parameters as its source says");
        assertThatThrownBy(() -> HostDevice.hostCompiler()
                        .compile(java.util.List.of(kernel("wrong", 1, "KERNEL void wrong(float y) {}"))))
                .hasMessageContaining("must be pointers or 64-bit integers");
    }
}
