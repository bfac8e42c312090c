package dev.weft.backend.cpu;

import dev.weft.backend.cpu.codegen.Slot;
import dev.weft.backend.cpu.kernel.PanelProduct;
import dev.weft.backend.cpu.kernel.PanelWork;
import dev.weft.backend.cpu.nativelib.KernelFunction;
import dev.weft.graph.DefectException;
import dev.weft.graph.Value;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** A product with few rows as one thread calls it: addresses and the number of columns of the panel are put into its arguments. */
final class FewRowsCall implements StreamStep.Call {
    private final KernelFunction function;
    private final MemorySegment arguments;
    private final MemorySegment scratch;
    private final int a;
    private final int b;
    private final int c;
    private final int columns;
    private final long units;

    /** @param arguments this thread's, with all sizes in it */
    FewRowsCall(
            PanelWork.Few few,
            PanelProduct product,
            KernelFunction function,
            MemorySegment arguments,
            MemorySegment scratch) {
        this.function = function;
        this.arguments = arguments;
        this.scratch = scratch;
        this.units = few.kernel().units();
        List<Slot> slots = few.kernel().slots();
        this.a = tensor(slots, few.a());
        this.b = tensor(slots, few.b());
        this.c = tensor(slots, few.c());
        this.columns = size(slots, product.n() == PanelProduct.Extent.COLUMNS ? "columns" : "depth");
    }

    private static int tensor(List<Slot> slots, Value value) {
        return slots.indexOf(new Slot.Tensor(value));
    }

    private static int size(List<Slot> slots, String name) {
        for (int i = 0; i < slots.size(); i++) {
            if (slots.get(i) instanceof Slot.Size size && size.name().equals(name)) {
                return i;
            }
        }
        throw new DefectException("kernel: it must take its " + name);
    }

    @Override
    public void execute(long addressA, long addressB, long addressC, long count) {
        arguments.setAtIndex(ValueLayout.JAVA_LONG, a, addressA);
        arguments.setAtIndex(ValueLayout.JAVA_LONG, b, addressB);
        arguments.setAtIndex(ValueLayout.JAVA_LONG, c, addressC);
        arguments.setAtIndex(ValueLayout.JAVA_LONG, columns, count);
        function.call(arguments, scratch, 0, units);
    }
}
