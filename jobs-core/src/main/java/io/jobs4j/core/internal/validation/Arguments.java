package io.jobs4j.core.internal.validation;

import java.util.List;
import java.util.Map;

/** The inputs and parameters that a job has, with defaults. */
record Arguments(Map<String, List<String>> inputs, Map<String, Object> parameters) {}
