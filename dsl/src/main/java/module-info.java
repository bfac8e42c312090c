import org.jspecify.annotations.NullMarked;

/** From the text of a model file to a program. */
@NullMarked
@SuppressWarnings("requires-automatic")
module dev.weft.dsl {
    requires static transitive org.jspecify;
    requires transitive dev.weft.graph;
    requires org.antlr.antlr4.runtime;

    exports dev.weft.dsl;
    exports dev.weft.dsl.ast;
    exports dev.weft.dsl.check;
    exports dev.weft.dsl.diagnostic;
    exports dev.weft.dsl.lint;
}
