using System.Diagnostics;
using Reacher.Fast.Core.Checkpoints;
using Reacher.Fast.Core.Networks;

// PlayPolicy FILE: plays an episode with a policy that a run has left, results/RUN/TASK/best.safetensors.
using Policy policy = PolicyFile.Open(args[0]);
var swingUp = new SwingUp();
float[] observation = new float[swingUp.ObservationSize], action = new float[swingUp.ActionSize];
swingUp.Reset(seed: 7, observation);
float score = 0;
bool over = false;
while (!over)
{
    policy.Act(observation, action);
    (float reward, bool terminated, bool truncated) = swingUp.Step(action, observation);
    score += reward;
    over = terminated || truncated;
}

const int Decisions = 100_000;
long bytes = GC.GetAllocatedBytesForCurrentThread(), began = Stopwatch.GetTimestamp();
for (int i = 0; i < Decisions; i++)
{
    policy.Act(observation, action);
}

double microseconds = Stopwatch.GetElapsedTime(began).TotalMicroseconds / Decisions;
bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
Console.WriteLine($"One episode: {score:F0}. A decision takes {microseconds:F1} us and {bytes / Decisions} bytes.");
return score > 200 && bytes < Decisions ? 0 : 1;
