package dev.weft.backend.cpu;

import dev.weft.backend.cpu.codegen.Kernel;
import dev.weft.backend.cpu.codegen.Slot;
import dev.weft.backend.cpu.codegen.SmallProduct;
import dev.weft.backend.cpu.kernel.PanelProduct;
import dev.weft.backend.cpu.kernel.PanelWork;
import dev.weft.backend.cpu.nativelib.KernelFunction;
import dev.weft.backend.cpu.nativelib.MatmulCall;
import dev.weft.backend.cpu.nativelib.MatmulProblem;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.function.Function;

/** The products of a stream as its threads call them: by oneDNN, or by kernels for few rows or small matrices. */
final class PanelCalls {
    private final PanelWork work;
    private final SessionMemory memory;
    private final int threads;
    private final Function<MatmulProblem, MatmulCall[]> oneDnn;
    private final Function<Kernel, KernelFunction> functions;

    /** @param oneDnn for each thread the call of a product */
    PanelCalls(
            PanelWork work,
            SessionMemory memory,
            int threads,
            Function<MatmulProblem, MatmulCall[]> oneDnn,
            Function<Kernel, KernelFunction> functions) {
        this.work = work;
        this.memory = memory;
        this.threads = threads;
        this.oneDnn = oneDnn;
        this.functions = functions;
    }

    /** For each thread, panel and width of it the product without and with adding to what is there. */
    StreamStep.Call[][][][] of(PanelProduct product) {
        int number = work.products().indexOf(product);
        if (!work.small().isEmpty()) {
            return small(product, functions.apply(work.small().get(number)));
        }
        return work.few().isEmpty()
                ? oneDnn(product)
                : fewRows(product, work.few().get(number));
    }

    private StreamStep.Call[][][][] oneDnn(PanelProduct product) {
        int panels = work.ranges().size();
        StreamStep.Call[][][][] byThread = new StreamStep.Call[threads][panels][][];
        for (int panel = 0; panel < panels; panel++) {
            List<Long> widths = work.widths(panel);
            for (int thread = 0; thread < threads; thread++) {
                byThread[thread][panel] = new StreamStep.Call[widths.size()][2];
            }
            for (int width = 0; width < widths.size(); width++) {
                for (int adds = 0; adds < 2; adds++) {
                    boolean accumulate = adds == 1 && work.mayAdd(product);
                    MatmulCall[] perThread = oneDnn.apply(work.problem(product, panel, widths.get(width), accumulate));
                    for (int thread = 0; thread < threads; thread++) {
                        MatmulCall call = perThread[thread];
                        byThread[thread][panel][width][adds] = (a, b, c, _) -> call.execute(a, b, c);
                    }
                }
            }
        }
        return byThread;
    }

    private StreamStep.Call[][][][] small(PanelProduct product, KernelFunction function) {
        int panels = work.ranges().size();
        StreamStep.Call[][][][] byThread = new StreamStep.Call[threads][panels][1][2];
        for (int thread = 0; thread < threads; thread++) {
            MemorySegment arguments =
                    memory.block((long) SmallProduct.Argument.values().length * Long.BYTES, "arguments");
            for (int panel = 0; panel < panels; panel++) {
                for (int adds = 0; adds < 2; adds++) {
                    byThread[thread][panel][0][adds] =
                            new SmallProductCall(product, function, arguments, work.rows(panel), adds == 1);
                }
            }
        }
        return byThread;
    }

    /** One call of any width: all rows are one panel, and none adds. */
    private StreamStep.Call[][][][] fewRows(PanelProduct product, PanelWork.Few few) {
        List<Slot> slots = few.kernel().slots();
        KernelFunction function = functions.apply(few.kernel());
        StreamStep.Call[][][][] byThread = new StreamStep.Call[threads][1][1][];
        for (int thread = 0; thread < threads; thread++) {
            MemorySegment arguments = memory.block((long) slots.size() * Long.BYTES, "arguments");
            for (int i = 0; i < slots.size(); i++) {
                if (slots.get(i) instanceof Slot.Size size) {
                    arguments.setAtIndex(ValueLayout.JAVA_LONG, i, size.value());
                }
            }
            StreamStep.Call call = new FewRowsCall(few, product, function, arguments, memory.scratch(thread));
            byThread[thread][0][0] = new StreamStep.Call[] {call, call};
        }
        return byThread;
    }
}
