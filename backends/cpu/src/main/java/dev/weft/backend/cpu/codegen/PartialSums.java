package dev.weft.backend.cpu.codegen;

import dev.weft.graph.Value;
import dev.weft.graph.type.ElementType;

/**
 * A value that lies in memory as parts, which whoever reads it adds up.
 *
 * @param value as if it lay somewhere
 * @param slot one array of f32 like the value for each part
 * @param parts how many
 */
record PartialSums(Value value, Slot.Partial slot, long parts) {

    static PartialSums of(FewRows product) {
        return new PartialSums(product.c(), product.partial(), product.parts());
    }

    /** The register that holds an element: part after part, rounded at the end. */
    String load(IrBuilder ir, ElementCode elements, Arguments arguments, String position) {
        String base = arguments.name(slot);
        String sum = elements.load(ElementType.F32, base, position);
        long step = value.type().shape().elements();
        for (long part = 1; part < parts; part++) {
            String at = ir.emit("add nsw i64 " + position + ", " + part * step);
            sum = ir.emit("fadd float " + sum + ", " + elements.load(ElementType.F32, base, at));
        }
        return elements.round(value.type().element(), sum);
    }
}
