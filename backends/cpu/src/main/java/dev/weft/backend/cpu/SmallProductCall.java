package dev.weft.backend.cpu;

import dev.weft.backend.cpu.codegen.SmallProduct.Argument;
import dev.weft.backend.cpu.kernel.PanelProduct;
import dev.weft.backend.cpu.nativelib.KernelFunction;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * A small product as one thread calls it for a panel.
 *
 * @param arguments this thread's
 * @param rows of the panel
 * @param adds whether it adds to what is there
 */
record SmallProductCall(PanelProduct product, KernelFunction function, MemorySegment arguments, long rows, boolean adds)
        implements StreamStep.Call {

    @Override
    public void execute(long addressA, long addressB, long addressC, long columns) {
        set(Argument.A, addressA);
        set(Argument.B, addressB);
        set(Argument.C, addressC);
        set(Argument.ROWS, product.size(product.m(), rows, columns));
        set(Argument.COLUMNS, product.size(product.n(), rows, columns));
        set(Argument.DEPTH, product.size(product.k(), rows, columns));
        set(Argument.ROW_A, product.a().step(product.m()));
        set(Argument.DEPTH_A, product.a().step(product.k()));
        set(Argument.STEP_B, product.b().step(product.isTurned() ? product.n() : product.k()));
        set(Argument.ROW_C, product.c().step(product.m()));
        set(Argument.ADDS, adds ? 1 : 0);
        function.call(arguments, arguments, 0, 1);
    }

    private void set(Argument argument, long word) {
        arguments.setAtIndex(ValueLayout.JAVA_LONG, argument.ordinal(), word);
    }
}
