package io.jobs4j.core.model;

import org.jspecify.annotations.Nullable;

/**
 * How commands are run on a system (Agave, system definition, {@code login}).
 *
 * @param protocol LOCAL or SSH
 * @param host where; {@code null} for this machine
 * @param port 0 for the usual one
 */
public record LoginAccess(String protocol, @Nullable String host, int port) {}
