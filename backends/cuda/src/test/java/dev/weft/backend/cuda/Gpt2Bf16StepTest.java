package dev.weft.backend.cuda;

import dev.weft.graph.type.ElementType;

/** With products of bf16. */
class Gpt2Bf16StepTest extends Gpt2Step {
    Gpt2Bf16StepTest() {
        super(ElementType.BF16, 40, 307);
    }
}
