package dev.weft.backend.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cuda.absent.NullDevice;
import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.backend.cuda.nativelib.Nvrtc;
import dev.weft.backend.cuda.nativelib.Redistributable;
import dev.weft.backend.spi.BackendOptions;
import dev.weft.backend.spi.CodeStore;
import dev.weft.backend.spi.CompileOptions;
import dev.weft.backend.spi.Session;
import dev.weft.backend.testkit.AttentionGraph;
import dev.weft.backend.testkit.AttentionGraph.Mask;
import dev.weft.backend.testkit.Programs;
import dev.weft.graph.Program;
import dev.weft.graph.pass.Pipeline;
import dev.weft.graph.pass.precision.Precision;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.Arena;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Devices whose blocks have 99 KiB of shared memory and not 227: attention of wide heads has smaller tiles there, and runs in two replays. */
class SmallerDevicesTest {
    private static final long SHARED_BYTES = 99 << 10;

    record Sample(DeviceFacts facts, boolean small) {}

    static Stream<Sample> samples() {
        return Stream.of(
                        new DeviceFacts("A10", 8, 6, 72, 1536, SHARED_BYTES, 6 << 20, 24L << 30),
                        new DeviceFacts("RTX 5090", 12, 0, 170, 1536, SHARED_BYTES, 96 << 20, 32L << 30))
                .flatMap(facts -> Stream.of(new Sample(facts, false), new Sample(facts, true)));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void haveTilesThatFit(Sample sample) {
        DeviceFacts facts = sample.facts();
        Program attention = Programs.run(new AttentionGraph(1, 3, 1, 200, 200, 128, Mask.BEFORE, true).withGradient());
        Program program =
                sample.small() ? new Pipeline(List.of(new Precision(ElementType.BF16))).run(attention) : attention;
        NullDevice device =
                new NullDevice(facts, 1L << 30, new Nvrtc(Redistributable.libraries(), facts.architecture()));
        List<String> called = new ArrayList<>();
        Device listening = (Device) Proxy.newProxyInstance(
                Device.class.getClassLoader(), new Class<?>[] {Device.class}, (proxy, method, arguments) -> {
                    called.add(method.getName());
                    return method.invoke(device, arguments);
                });
        try (CudaBackend backend = new CudaBackend(listening, BackendOptions.defaults(), CodeStore.none());
                Session session = backend.compile(program, CompileOptions.DEFAULT)) {
            session.run("run", Described.zeros(program, "run", Arena.ofAuto()));
            session.run("run", Described.zeros(program, "run", Arena.ofAuto()));
            assertThat(device.counts().replays()).isEqualTo(2);
            assertThat(called).as("all of it by tiles").contains("launch").doesNotContain("multiply");
        }
    }
}
