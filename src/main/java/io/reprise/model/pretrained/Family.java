package io.reprise.model.pretrained;

/** A kind of model directory. Reading its config accounts for every key; its table accounts for every weight. */
interface Family {
    /** As people say it. */
    String title();

    /** What its modules are called, beside our sites. */
    ModuleNames modules();

    /** Reads {@code keys} and leaves what is wrong with them as their problems. */
    Architecture architecture(ConfigKeys keys);
}
