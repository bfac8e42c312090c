package dev.weft.backend.cuda.absent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.backend.cuda.device.Epilogue;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.cuda.device.Multiplication.Addresses;
import dev.weft.backend.cuda.device.Multiplication.Compute;
import dev.weft.backend.cuda.device.Multiplication.Matrix;
import dev.weft.backend.cuda.device.OutOfDeviceMemory;
import dev.weft.backend.cuda.nativelib.Nvrtc;
import dev.weft.backend.cuda.nativelib.Redistributable;
import dev.weft.graph.DefectException;
import dev.weft.graph.type.ElementType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a described device lets pass, and what it finds. */
class NullDeviceTest {
    private static final DeviceFacts FACTS =
            new DeviceFacts("described H200", 9, 0, 132, 2048, 232_448, 50L << 20, 1L << 30);

    private static final Source SCALE = new Source("scale", """
            KERNEL void scale(float* x, u64 bits, i64 n) {
                i64 i = block() * threads() + thread();
                if (i < n) {
                    x[i] *= as_float((u32) bits);
                }
            }
            """, 3);

    private static final Source NARROW = new Source("narrow", "KERNEL void narrow(float* x, i32 n) { x[n] = 1; }\n", 2);

    private static byte[] image = new byte[0];

    private final Nvrtc compiler = new Nvrtc(Redistributable.libraries(), FACTS.architecture());
    private final NullDevice device = new NullDevice(FACTS, 1 << 20, compiler);
    private final Arena arena = Arena.ofConfined();
    private final long stream = device.stream();

    @BeforeAll
    static void compile() {
        image = new Nvrtc(Redistributable.libraries(), FACTS.architecture())
                .compile(List.of(SCALE, NARROW))
                .bytes();
    }

    @AfterAll
    static void forget() {
        image = new byte[0];
    }

    @AfterEach
    void close() {
        device.close();
        device.close();
        arena.close();
    }

    private MemorySegment words(long... words) {
        return arena.allocateFrom(ValueLayout.JAVA_LONG, words);
    }

    private static void refuses(ThrowingCallable call, String sentence) {
        assertThatThrownBy(call).isInstanceOf(DefectException.class).hasMessageContaining(sentence);
    }

    @Test
    void countsWhatItIsTold() {
        long x = device.allocate(4000, "x");
        long scale = device.function(device.load(image), "scale", 0);
        MemorySegment host = device.pinned(4000, "staging");
        Counts before = device.counts();
        device.copyIn(stream, x, host);
        device.fill(stream, x, (byte) 0, 4000);
        device.launch(stream, scale, new Grid(4, 256), words(x, 0, 1000));
        device.copyOut(stream, host.asSlice(4, 8), x + 3992);
        device.synchronize(stream);
        assertThat(device.counts().since(before)).isEqualTo(new Counts(1, 0, 1, 1, 1, 0, 1, 0, 0, 0, 0));
        assertThat(before.allocations()).isEqualTo(2);
    }

    @Test
    void aReplayIsOneCallWhateverWasRecorded() {
        long x = device.allocate(4000, "x");
        long scale = device.function(device.load(image), "scale", 0);
        device.beginCapture(stream);
        for (int i = 0; i < 3; i++) {
            device.launch(stream, scale, new Grid(4, 256), words(x, 0, 1000));
        }
        long graph = device.endCapture(stream);
        device.replay(stream, graph);
        device.replay(stream, graph);
        assertThat(device.counts().recorded()).isEqualTo(3);
        assertThat(device.counts().launches()).isZero();
        assertThat(device.counts().replays()).isEqualTo(2);
        device.endGraph(graph);
        refuses(() -> device.replay(stream, graph), "graph: it must have been recorded and not ended");
    }

    @Test
    void wrongParametersAreRejected() {
        long x = device.allocate(4000, "x");
        long module = device.load(image);
        long scale = device.function(module, "scale", 0);
        long narrow = device.function(module, "narrow", 0);
        Grid grid = new Grid(4, 256);
        refuses(
                () -> device.launch(stream, scale, grid, words(x, 0)),
                "kernel scale: it takes 3 parameters of 24 bytes in all, each of 8, but is launched with 16 bytes");
        refuses(() -> device.launch(stream, scale, grid, words(x, 0, 0, 0)), "is launched with 32 bytes");
        refuses(() -> device.launch(stream, narrow, grid, words(x, 0)), "2 parameters of 12 bytes in all, each of 8");
        refuses(
                () -> device.launch(stream, scale, grid, words(x + 4004, 0, 1000)),
                "parameter 0 of kernel scale must stay in what was allocated, but reaches 0 bytes from byte 4004 of x");
        refuses(
                () -> device.function(module, "scal", 0),
                "kernel scal: it must be in its file, but there are [narrow, scale]");
    }

    @Test
    void launchesThatTheDeviceCannotMakeAreRejected() {
        long x = device.allocate(4000, "x");
        long module = device.load(image);
        refuses(() -> device.function(module, "scale", 300_000), "gives a block at most 232448 bytes of shared memory");
        long scale = device.function(module, "scale", 1024);
        refuses(
                () -> device.launch(stream, scale, new Grid(1, 1, 32, 2048), words(x, 0, 1)),
                "at most 1024 bytes of dynamic shared memory, but is launched with 2048");
        device.unload(module);
        refuses(
                () -> device.launch(stream, scale, new Grid(1, 32), words(x, 0, 1)),
                "its module must be loaded when it is launched");
    }

    @Test
    void copiesStayInWhatWasAllocated() {
        long x = device.allocate(1000, "x");
        long y = device.allocate(1000, "y");
        refuses(
                () -> device.copy(stream, y, x + 8, 1000),
                "reading for a copy must stay in what was allocated, but reaches 1000 bytes from byte 8 of x, which has 1000");
        refuses(() -> device.fill(stream, y - 1, (byte) 0, 1), "filling must stay");
        refuses(() -> device.fill(stream, 64, (byte) 0, 1), "before everything that is allocated");
        device.free(x);
        refuses(() -> device.copy(stream, y, x, 8), "reading for a copy must stay");
        refuses(() -> device.free(x), "what is freed must have been allocated and not freed");
        refuses(() -> device.copyIn(stream, y, arena.allocate(8)), "must use pinned memory of this device");
    }

    @Test
    void whatAStreamMayStillUseIsNotFreed() {
        long x = device.allocate(1000, "x");
        MemorySegment host = device.pinned(1000, "staging");
        long other = device.stream();
        device.copyIn(stream, x, host);
        refuses(
                () -> device.free(x),
                "the host must wait for stream " + stream + " before it frees byte 0 of x, which has 1000 bytes");
        refuses(() -> device.unpin(host), "before it frees pinned memory, which that may still use");
        refuses(() -> device.copyOut(other, host, device.allocate(1000, "y")), "before it uses pinned memory");
        device.synchronize(stream);
        device.free(x);
        device.unpin(host);
    }

    @Test
    void tooLittleMemoryIsASentenceWithNumbers() {
        device.allocate(1 << 19, "weights");
        assertThatThrownBy(() -> device.allocate(600_000, "temporaries"))
                .isInstanceOfSatisfying(OutOfDeviceMemory.class, lack -> {
                    assertThat(lack.neededBytes()).isEqualTo(600_000);
                    assertThat(lack.availableBytes()).isEqualTo(1 << 19);
                })
                .hasMessageStartingWith(
                        "device memory: temporaries need 585.9 KiB, but described H200 has 512.0 KiB free");
    }

    @Test
    void whileAGraphIsRecordedNothingIsAllocatedFreedOrAwaited() {
        long x = device.allocate(1000, "x");
        device.beginCapture(stream);
        refuses(
                () -> device.allocate(8, "more"),
                "allocating memory for more is not allowed while a graph is recorded");
        refuses(() -> device.pinned(8, "more"), "allocating pinned memory for more is not allowed");
        refuses(() -> device.free(x), "freeing memory is not allowed");
        refuses(() -> device.synchronize(stream), "waiting for a stream is not allowed");
        refuses(() -> device.beginCapture(stream), "it is recorded already");
        device.endGraph(device.endCapture(stream));
        device.synchronize(stream);
        device.free(x);
    }

    @Test
    void aStreamWaitsOnlyForWhatWasRecorded() {
        long event = device.event();
        refuses(() -> device.await(stream, event), "a stream can wait for it only after it was recorded");
        refuses(() -> device.millis(event, event), "it has a time only after it was recorded");
        device.record(event, stream);
        device.await(stream, event);
        assertThat(device.millis(event, event)).isZero();
        device.beginCapture(stream);
        refuses(() -> device.await(stream, event), "only for what is recorded in the same graph");
        device.endGraph(device.endCapture(stream));
        device.endEvent(event);
        refuses(() -> device.record(event, stream), "event: it must have been made and not ended");
    }

    @Test
    void aMarkHasATimeOnceItsGraphWasReplayed() {
        long event = device.event();
        refuses(() -> device.mark(event, stream), "it can be marked only in a stream that is being recorded");
        device.beginCapture(stream);
        device.mark(event, stream);
        long graph = device.endCapture(stream);
        refuses(() -> device.millis(event, event), "it has a time only after it was recorded");
        device.replay(stream, graph);
        refuses(() -> device.millis(event, event), "it has a time only when the host knows that it has passed");
        device.synchronize(stream);
        assertThat(device.millis(event, event)).isZero();
    }

    @Test
    void streamsThatAreRecordedTogetherComeTogetherAgain() {
        long x = device.allocate(1000, "x");
        long other = device.stream();
        long fork = device.event();
        long join = device.event();
        device.beginCapture(stream);
        device.record(fork, stream);
        device.await(other, fork);
        device.fill(other, x, (byte) 0, 8);
        refuses(() -> device.endCapture(other), "recording can end only in the stream that began it");
        refuses(() -> device.endCapture(stream), "must be awaited by stream " + stream + " before recording ends");
        device.record(join, other);
        device.await(stream, join);
        device.endGraph(device.endCapture(stream));
        assertThat(device.counts().recorded()).isEqualTo(1);
        device.fill(other, x, (byte) 0, 8);
        assertThat(device.counts().copies()).isEqualTo(1);
    }

    @Test
    void whatOneStreamWritesAnotherUsesInAnOrder() {
        long x = device.allocate(4000, "x");
        long scale = device.function(device.load(image), "scale", 0);
        MemorySegment host = device.pinned(4000, "staging");
        long copies = device.stream();
        long copied = device.event();
        Grid grid = new Grid(4, 256);

        device.copyIn(copies, x, host);
        refuses(
                () -> device.launch(stream, scale, grid, words(x, 0, 1000)),
                "stream %d must wait for stream %d before it uses byte 0 of x, which has 4000 bytes"
                        .formatted(stream, copies));
        device.record(copied, copies);
        device.await(stream, copied);
        device.launch(stream, scale, grid, words(x, 0, 1000));
        refuses(() -> device.copyIn(copies, x, host), "one of the two writes it");
        device.synchronize(stream);
        device.copyIn(copies, x, host);
    }

    @Test
    void aReplayUsesWhatWasRecorded() {
        long x = device.allocate(4000, "x");
        long scale = device.function(device.load(image), "scale", 0);
        MemorySegment host = device.pinned(4000, "staging");
        long copies = device.stream();
        long done = device.event();
        device.copyIn(copies, x, host);
        device.beginCapture(stream);
        device.launch(stream, scale, new Grid(4, 256), words(x, 0, 1000));
        long graph = device.endCapture(stream);
        refuses(() -> device.replay(stream, graph), "one of the two writes it");
        device.synchronize(copies);
        device.replay(stream, graph);
        refuses(() -> device.copyIn(copies, x, host), "one of the two writes it");
        device.record(done, stream);
        device.await(copies, done);
        device.copyIn(copies, x, host);
    }

    @Test
    void productsStayInWhatWasAllocated() {
        Matrix a = new Matrix(ElementType.F32, 8, 4, 8, 2, 32);
        Matrix b = new Matrix(ElementType.F32, 4, 3, 4, 2, 12);
        Matrix d = new Matrix(ElementType.F32, 8, 3, 8, 2, 24);
        Multiplication wanted = new Multiplication(Compute.F32, a, false, b, false, d, 0, Epilogue.BIAS);
        long product = device.product(wanted, device.algorithms(wanted, 0, 8).getFirst());
        long x = device.allocate(64 * 4, "x");
        long y = device.allocate(24 * 4, "y");
        long z = device.allocate(48 * 4, "z");
        long bias = device.allocate(8 * 4, "bias");
        device.multiply(stream, product, new Addresses(x, y, 0, z, bias, 0), 0);
        assertThat(device.counts().products()).isEqualTo(1);
        refuses(
                () -> device.multiply(stream, product, new Addresses(x, y + 16, 0, z, bias, 0), 0),
                "B of a product must stay");
        refuses(
                () -> device.multiply(stream, product, new Addresses(x, y, 0, z, 0, 0), 0),
                "the vector of a product must stay");
        Multiplication wrong = new Multiplication(Compute.F32, a, true, b, false, d, 0, Epilogue.NONE);
        refuses(() -> device.algorithms(wrong, 0, 8), "product: sizes must agree");
        device.endProduct(product);
        refuses(
                () -> device.multiply(stream, product, new Addresses(x, y, 0, z, bias, 0), 0),
                "product: it must have been made");
    }

    @Test
    void productsHaveTheirWorkspaceAlone() {
        Matrix a = new Matrix(ElementType.F32, 8, 8, 8, 1, 0);
        Multiplication wanted = new Multiplication(Compute.F32, a, false, a, false, a, 0, Epilogue.NONE);
        long product = device.product(wanted, device.algorithms(wanted, 1024, 8).getFirst());
        long x = device.allocate(256, "x");
        long y = device.allocate(256, "y");
        long z = device.allocate(256, "z");
        long workspace = device.allocate(1280, "workspace");
        long other = device.stream();
        device.multiply(stream, product, new Addresses(x, x, 0, y), workspace);
        refuses(
                () -> device.multiply(stream, product, new Addresses(x, x, 0, y), workspace + 512),
                "the workspace of a product must stay in what was allocated, but reaches 1024 bytes from byte 512");
        refuses(
                () -> device.multiply(stream, product, new Addresses(x, x, 0, y), workspace + 16),
                "its workspace must lie at a multiple of 256 bytes");
        refuses(
                () -> device.multiply(other, product, new Addresses(x, x, 0, z), workspace),
                "before it uses byte 0 of workspace");
        device.beginCapture(stream);
        refuses(() -> device.algorithms(wanted, 1024, 8), "asking for ways to make a product is not allowed");
        device.endGraph(device.endCapture(stream));
        Matrix empty = new Matrix(ElementType.F32, 8, 0, 8, 1, 0);
        Multiplication none = new Multiplication(Compute.F32, a, false, empty, false, empty, 0, Epilogue.NONE);
        refuses(() -> device.algorithms(none, 0, 8), "matrices must not be empty");
    }

    @Test
    void epiloguesReadAndWriteWhatTheySay() {
        Matrix terms = new Matrix(ElementType.BF16, 32, 16, 32, 1, 0);
        Matrix result = new Matrix(ElementType.BF16, 16, 16, 16, 1, 0);
        Multiplication gelu =
                new Multiplication(Compute.SMALL, terms, true, terms, false, result, 0, Epilogue.GELU_AUX_BIAS, 24, 16);
        long product = device.product(gelu, device.algorithms(gelu, 0, 8).getFirst());
        long x = device.allocate(1024, "x");
        long z = device.allocate(512, "z");
        long kept = device.allocate((15 * 24 + 16) * 2, "kept");
        long bias = device.allocate(32, "bias");
        device.multiply(stream, product, new Addresses(x, x, 0, z, bias, kept), 0);
        refuses(
                () -> device.multiply(stream, product, new Addresses(x, x, 0, z, bias + 2, kept), 0),
                "the vector of a product must stay");
        refuses(
                () -> device.multiply(stream, product, new Addresses(x, x, 0, z, bias, kept + 16), 0),
                "the auxiliary matrix of a product must stay");
        refuses(
                () -> device.multiply(stream, product, new Addresses(x, x, 0, kept + 8, bias, kept), 0),
                "addresses must be multiples of 16, as was said when it was made, but D");
        refuses(
                () -> device.multiply(stream, product, new Addresses(x, x, 0, kept, bias, kept), 0),
                "the auxiliary matrix of a product must not overlap D");
        Multiplication plain = new Multiplication(Compute.SMALL, terms, true, terms, false, result, 0, Epilogue.NONE);
        long without = device.product(plain, device.algorithms(plain, 0, 8).getFirst());
        refuses(
                () -> device.multiply(stream, without, new Addresses(x, x, 0, z, bias, 0), 0),
                "one without its vector must get none");
        refuses(
                () -> device.multiply(stream, without, new Addresses(x, x, 0, z, 0, kept), 0),
                "one without its auxiliary matrix must get none");
        Multiplication mixed = new Multiplication(Compute.F32, terms, true, terms, false, result, 0, Epilogue.NONE);
        refuses(() -> device.algorithms(mixed, 0, 8), "elements must be those of the way to compute");
    }
}
