#!/bin/sh
# Says where it runs. ${name} stands for the parameter.
echo "Hello ${name}, this is $(hostname), Slurm job $SLURM_JOB_ID with $SLURM_NTASKS task(s)" > hello.txt
