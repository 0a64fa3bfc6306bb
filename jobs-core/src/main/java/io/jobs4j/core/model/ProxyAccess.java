package io.jobs4j.core.model;

/**
 * A host on the way to a system (Agave, system definition, {@code proxy}).
 *
 * @param host where
 * @param port 0 for the usual one
 */
public record ProxyAccess(String host, int port) {}
