package dev.weft.backend.cuda.calibration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.host.HostDevice;
import dev.weft.backend.cuda.host.Order;
import dev.weft.backend.cuda.nativelib.Availability;
import dev.weft.backend.cuda.nativelib.DriverDevice;
import dev.weft.backend.cuda.nativelib.Libraries;
import java.lang.reflect.Proxy;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** That each kind of call does what it says: on the processor, where the checks are proven, and on a GPU where there is one. */
class CallCheckTest {
    private static final long MEMORY = 64L << 20;

    static List<CallCheck> checks() {
        return CallCheck.all();
    }

    @ParameterizedTest
    @MethodSource("checks")
    void onTheHostDevice(CallCheck check) {
        try (Device device = HostDevice.open(MEMORY, Order.FORWARD)) {
            assertThat(check.wrong(device)).isEmpty();
        }
    }

    @Tag("gpu")
    @ParameterizedTest
    @MethodSource("checks")
    void onTheGpu(CallCheck check) {
        Libraries libraries = Libraries.installed();
        Availability availability = Availability.of(libraries);
        Assumptions.assumeTrue(availability.possible(), availability.reason());
        try (Device device = DriverDevice.open(libraries, 0)) {
            assertThat(check.wrong(device)).isEmpty();
        }
    }

    /** A product that ends otherwise than it is asked to. */
    @Test
    void anEpilogueThatIsWrongIsASentence() {
        try (Device device = HostDevice.open(MEMORY, Order.FORWARD)) {
            Device other = (Device) Proxy.newProxyInstance(
                    Device.class.getClassLoader(), new Class<?>[] {Device.class}, (proxy, method, arguments) -> {
                        if (method.getName().equals("product")) {
                            arguments[0] = instead((Multiplication) arguments[0]);
                        }
                        return method.invoke(device, arguments);
                    });
            assertThat(EpilogueCheck.all()).hasSize(22).allSatisfy(check -> assertThat(check.wrong(device))
                    .isEmpty());
            assertThat(EpilogueCheck.notOffered(device)).isEmpty();
            assertThat(EpilogueCheck.all().stream()
                            .filter(check -> !check.wrong(other).isEmpty())
                            .map(EpilogueCheck::toString))
                    .contains("GELU of f32", "GELU_AUX of bf16", "DGELU of bf16", "BGRADB of bf16 to f32")
                    .hasSize(14);
        }
    }

    /** Without the GELU, its slope, its input or the sums. */
    private static Multiplication instead(Multiplication asked) {
        return switch (asked.epilogue()) {
            case NONE, BIAS -> asked;
            case GELU_BIAS -> with(asked, Epilogue.BIAS);
            case GELU_AUX_BIAS -> with(asked, Epilogue.GELU_BIAS);
            case GELU, DGELU -> with(asked, Epilogue.NONE);
            case GELU_AUX -> with(asked, Epilogue.GELU);
            case BGRADA, BGRADB -> with(asked, Epilogue.NONE);
        };
    }

    private static Multiplication with(Multiplication asked, Epilogue epilogue) {
        return new Multiplication(
                asked.compute(),
                asked.a(),
                asked.transposeA(),
                asked.b(),
                asked.transposeB(),
                asked.d(),
                asked.beta(),
                epilogue,
                0,
                asked.alignment());
    }

    /** A kernel that adds where it must multiply: whatever looks at its results says so. */
    @Test
    void whatIsWrongIsASentence() {
        var wrong = HostDevice.compilerOfEdited(text -> text.replace("x[i] *= as_float", "x[i] += as_float"));
        List<String> said = CallCheck.all().stream()
                .map(check -> {
                    try (Device device = HostDevice.open(MEMORY, Order.FORWARD, wrong)) {
                        return check.wrong(device);
                    }
                })
                .filter(sentence -> !sentence.isEmpty())
                .toList();

        assertThat(said)
                .containsExactly(
                        "copies, fills and launches: element 0 must be 0.0, got 2.0",
                        "graphs: the last element after three replays must be 7992, got 1005.0",
                        "events between streams: the last element behind two streams must be 1998, got 1001.0");
    }
}
