/**
 * YAML to records and back: files with {@code extends:}, overrides, sweeps, one strict binder, the hash of a config.
 *
 * <p>A config is read as a tree ({@link io.reprise.config.ConfigTree}), changed as a tree, and bound once
 * ({@link io.reprise.config.Binder}); every problem found on the way is reported in one {@link
 * io.reprise.config.ConfigException}.
 */
package io.reprise.config;
