import org.jspecify.annotations.NullMarked;

/** The programs that Weft ships and the public API around them. */
@NullMarked
@SuppressWarnings("module") // the command is compiled after this
module dev.weft.models {
    requires static transitive org.jspecify;
    requires transitive dev.weft.dsl;
    requires transitive dev.weft.autodiff;
    requires transitive dev.weft.backend.spi;
    requires com.fasterxml.jackson.databind;
    requires jtokkit;

    exports dev.weft.models;
    exports dev.weft.models.compress;
    exports dev.weft.models.data;
    exports dev.weft.models.exchange;
    exports dev.weft.models.io to
            dev.weft.bench,
            dev.weft.cli;
    exports dev.weft.models.lint;
    exports dev.weft.models.names;
    exports dev.weft.models.probe;
    exports dev.weft.models.random;
    exports dev.weft.models.run;
    exports dev.weft.models.sample;
    exports dev.weft.models.score;
    exports dev.weft.models.tensorfile;
    exports dev.weft.models.tokenizer;
    exports dev.weft.models.tokenizer.bpe;
    exports dev.weft.models.tokenizer.split;
    exports dev.weft.models.training;
}
