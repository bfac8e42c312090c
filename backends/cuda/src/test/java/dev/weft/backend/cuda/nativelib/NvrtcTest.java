package dev.weft.backend.cuda.nativelib;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.backend.cuda.device.KernelCompiler.Image;
import dev.weft.backend.cuda.device.KernelCompiler.Source;
import dev.weft.backend.cuda.nativelib.Cubin.Kernel;
import dev.weft.backend.cuda.nativelib.Cubin.Parameter;
import dev.weft.graph.DefectException;
import dev.weft.graph.MachineException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The compiler, what it says of kernels, and what their file says. */
class NvrtcTest {
    private static final Source SCALE = new Source("scale", """
            KERNEL void scale(float* x, u64 bits, i64 n) {
                i64 i = block() * threads() + thread();
                if (i < n) {
                    x[i] *= as_float((u32) bits);
                }
            }
            """, 3);

    private static final Source REVERSE = new Source("reverse", """
            KERNEL void reverse(float* x) {
                SHARED float tile[256];
                tile[thread()] = x[thread()];
                sync();
                x[thread()] = tile[255 - thread()];
            }
            """, 1);

    private static final Source PRODUCT = new Source("product", """
            KERNEL void product(const u32* a, float* c) {
                i32 t = thread();
                float r[4] = {0, 0, 0, 0};
                asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32 {%0,%1,%2,%3},{%4,%5,%6,%7},{%8,%9},{%0,%1,%2,%3};"
                        : "+f"(r[0]), "+f"(r[1]), "+f"(r[2]), "+f"(r[3])
                        : "r"(a[t]), "r"(a[t + 32]), "r"(a[t + 64]), "r"(a[t + 96]), "r"(a[t + 128]), "r"(a[t + 160]));
                for (i32 i = 0; i < 4; i++) {
                    c[t * 4 + i] = r[i];
                }
            }
            """, 2);

    @ParameterizedTest
    @ValueSource(strings = {"sm_80", "sm_90a", "sm_100a", "sm_120"})
    void compilesKernelsTogether(String architecture) {
        Image image = new Nvrtc(Redistributable.libraries(), architecture).compile(List.of(SCALE, REVERSE, PRODUCT));

        assertThat(KernelReport.parse(image.log()))
                .extracting(KernelReport::name)
                .containsExactlyInAnyOrder("scale", "reverse", "product");
        assertThat(KernelReport.parse(image.log())).allSatisfy(report -> {
            assertThat(report.registers()).isBetween(4, 64);
            assertThat(report.spills()).isFalse();
            assertThat(report.warnings()).isEmpty();
        });

        Cubin cubin = Cubin.read(image.bytes());
        Kernel scale = cubin.kernel("scale").orElseThrow();
        assertThat(scale.parameters()).containsExactly(new Parameter(0, 8), new Parameter(8, 8), new Parameter(16, 8));
        assertThat(scale.parameterBytes()).isEqualTo(24);
        assertThat(scale.count(Cubin.HMMA)).isZero();
        assertThat(cubin.kernel("product").orElseThrow().count(Cubin.HMMA)).isPositive();
        assertThat(cubin.kernels()).allSatisfy(kernel -> assertThat(kernel.count(List.of(Cubin.LDL, Cubin.STL)))
                .isZero());
    }

    @Test
    void theFileAndTheCompilerAgree() {
        Image image = new Nvrtc(Redistributable.libraries(), "sm_90a").compile(List.of(SCALE, REVERSE));
        Cubin cubin = Cubin.read(image.bytes());
        assertThat(KernelReport.parse(image.log())).hasSize(2).allSatisfy(report -> {
            Kernel kernel = cubin.kernel(report.name()).orElseThrow();
            assertThat(kernel.registers()).isEqualTo(report.registers());
            assertThat(kernel.sharedBytes()).isGreaterThanOrEqualTo(report.sharedBytes());
        });
        assertThat(cubin.kernel("reverse").orElseThrow().sharedBytes()).isGreaterThanOrEqualTo(1024);
    }

    @Test
    void arraysInLocalMemoryAreSeen() {
        Source local = new Source("local", """
                KERNEL void local(float* x, i64 n) {
                    float a[64];
                    for (i64 i = 0; i < n; i++) {
                        a[i * 7 % 64] = x[i];
                    }
                    x[0] = a[n % 64];
                }
                """, 2);
        Kernel kernel = Cubin.read(new Nvrtc(Redistributable.libraries(), "sm_80")
                        .compile(List.of(local))
                        .bytes())
                .kernel("local")
                .orElseThrow();
        assertThat(kernel.count(Cubin.STL)).isPositive();
        assertThat(kernel.count(Cubin.LDL)).isPositive();
    }

    @Test
    void aRefusalShowsTheKernelAndItsLines() {
        Source wrong = new Source("wrong", """
                KERNEL void wrong(float* x) {
                    float y = 2;
                    x[0] = y + z;
                }
                """, 1);
        Nvrtc nvrtc = new Nvrtc(Redistributable.libraries(), "sm_80");
        assertThatThrownBy(() -> nvrtc.compile(List.of(SCALE, wrong)))
                .isInstanceOf(DefectException.class)
                .hasMessageStartingWith("cuda kernel wrong: its text must compile for sm_80, but NVRTC 13.")
                .hasMessageContaining("wrong(3): error: identifier \"z\" is undefined")
                .hasMessageContaining("     2 |     float y = 2;\n")
                .hasMessageContaining("  >    3 |     x[0] = y + z;\n");
    }

    @Test
    void reportsAreReadFromTheLog() {
        assertThat(KernelReport.parse("""
                        ptxas info    : 0 bytes gmem
                        ptxas info    : (C7510) Potential Performance Loss: wgmma.mma_async instructions are serialized in function 'big'
                        ptxas info    : Compiling entry function 'big' for 'sm_90a'
                        ptxas info    : Function properties for big
                        ptxas         .     48 bytes stack frame, 40 bytes spill stores, 44 bytes spill loads
                        ptxas info    : Used 255 registers, used 2 barriers, 256 bytes smem
                        ptxas info    : Compiling entry function 'small' for 'sm_90a'
                        ptxas info    : Function properties for small
                        ptxas         .     0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads
                        ptxas info    : Used 8 registers, used 0 barriers
                        """))
                .satisfiesExactly(
                        big -> {
                            assertThat(big)
                                    .extracting(
                                            KernelReport::name,
                                            KernelReport::registers,
                                            KernelReport::stackBytes,
                                            KernelReport::spillStoreBytes,
                                            KernelReport::spillLoadBytes,
                                            KernelReport::sharedBytes)
                                    .containsExactly("big", 255, 48, 40, 44, 256);
                            assertThat(big.spills()).isTrue();
                            assertThat(big.warnings())
                                    .singleElement()
                                    .asString()
                                    .contains("C7510");
                        },
                        small -> assertThat(small).isEqualTo(new KernelReport("small", 8, 0, 0, 0, 0, List.of())));
    }

    @Test
    void whatIsNoCubinIsRefused() throws Exception {
        assertThatThrownBy(() -> Cubin.read(new byte[100]))
                .isInstanceOf(DefectException.class)
                .hasMessageContaining("must be an ELF file of 64 bits");
        byte[] whole = new Nvrtc(Redistributable.libraries(), "sm_80")
                .compile(List.of(SCALE))
                .bytes();
        assertThatThrownBy(() -> Cubin.read(java.util.Arrays.copyOf(whole, whole.length / 2)))
                .isInstanceOf(DefectException.class)
                .hasMessageContaining("ends early");
    }

    @Test
    void nothingIsLoadedBeforeItIsNeeded(@TempDir Path empty) {
        Nvrtc nvrtc = new Nvrtc(Libraries.in(List.of(empty)), "sm_80");
        assertThatThrownBy(() -> nvrtc.compile(List.of(SCALE)))
                .isInstanceOf(MachineException.class)
                .hasMessageContaining("there is no libnvrtc.so.13 or later; install CUDA 13")
                .hasMessageEndingWith("looked in " + empty);
    }
}
