/**
 * Moves trees of files between two storages, for staging inputs and the application's files and for
 * archiving. First a {@link io.jobs4j.sdk.internal.transfer.TransferPlan} is made by walking the
 * source, then {@link io.jobs4j.sdk.internal.transfer.Transfers} carries it out. Not meant for
 * users.
 */
@NullMarked
package io.jobs4j.sdk.internal.transfer;

import org.jspecify.annotations.NullMarked;
