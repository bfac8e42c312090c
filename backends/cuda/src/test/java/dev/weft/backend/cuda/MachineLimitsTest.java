package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cuda.absent.NullDevice;
import dev.weft.backend.cuda.host.HostDevice;
import dev.weft.backend.cuda.host.Order;
import dev.weft.backend.cuda.nativelib.Cubin;
import dev.weft.backend.cuda.nativelib.KernelReport;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.Limits;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the machine can do at best, as the device's own clock has it. */
class MachineLimitsTest {

    /** Reading goes through the same checks of memory as every kernel of the host device. */
    @Test
    void theLimitsAreMeasuredOnTheDeviceThatComputes() {
        HostDevice device = HostDevice.open(600L << 20, Order.FORWARD);
        try (CudaBackend backend = new CudaBackend(device, BackendOptions.defaults(), CodeStore.none())) {
            long free = device.freeBytes();
            Limits limits = backend.limits().orElseThrow();

            assertThat(limits.f32Flops()).isPositive().isFinite();
            assertThat(limits.bf16Flops()).isPositive().isFinite();
            assertThat(limits.readBytes()).isPositive().isFinite();
            assertThat(device.freeBytes()).isEqualTo(free);
        }
    }

    @Test
    void aDeviceThatIsOnlyDescribedHasNone() {
        try (CudaBackend backend =
                new CudaBackend(Described.h200(1L << 30), BackendOptions.defaults(), CodeStore.none())) {
            assertThat(backend.limits()).isEmpty();
        }
    }

    /** The largest products and blocks: what is launched is what the kernels declare, and nothing reaches outside its memory. */
    @Test
    void whatIsLaunchedForThemIsAllowed() {
        NullDevice device = Described.h200(141L << 30);
        KernelCache kernels = new KernelCache(device.compiler(), CodeStore.none(), 1);
        long free = device.freeBytes();
        new MachineLimits(device, kernels, true).measured();

        // Two products of six sizes in one way, and one block that is read: thirteen times each, the first of which
        // does not count.
        assertThat(device.counts().products()).isEqualTo(2 * 6 * 13);
        assertThat(device.counts().launches()).isEqualTo(2 * 6 * 2 + 1 + 13);
        assertThat(device.freeBytes()).isEqualTo(free);
    }

    @Test
    void theirKernelsSpillNothingAndReadSixteenBytesAtATime() {
        var image = Described.compiler().compile(List.of(MachineLimits.NOISE, MachineLimits.READ));

        assertThat(KernelReport.parse(image.log())).hasSize(2).allSatisfy(report -> {
            assertThat(report.spills()).isFalse();
            assertThat(report.warnings()).isEmpty();
        });
        Cubin.Kernel read = Cubin.read(image.bytes()).kernel("weft_read").orElseThrow();
        assertThat(read.count(List.of(Cubin.LDL, Cubin.STL))).isZero();
        assertThat(read.accesses()).containsOnlyKeys(4, 16);
    }
}
