using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reacher.Fast.Training.Reporting;

/// <summary>What a run is doing.</summary>
internal enum RunPhase
{
    /// <summary>The learner has not begun its loop yet.</summary>
    Starting = 0,

    /// <summary>The environments fill the replay with random actions; no update has been made.</summary>
    WarmingUp = 1,

    /// <summary>Updates are made, and the last evaluation was below the threshold.</summary>
    Training = 2,

    /// <summary>The last evaluation reached the threshold, and the window of evaluations is not full of such yet.</summary>
    FillingTheWindow = 3,

    /// <summary>The task is solved, and the learning rate falls to 0 over the last transitions.</summary>
    CoolingDown = 4,

    /// <summary>The run's processes have ended.</summary>
    Ended = 5,

    /// <summary>Training has ended, and a whole window is played with the policy that the run leaves.</summary>
    EvaluatingTheFinalPolicy = 6,
}

/// <summary>A phase in words, for people and for JSON alike: <c>filling the window</c>.</summary>
internal sealed class RunPhaseWords() : JsonStringEnumConverter<RunPhase>(new WordPolicy())
{
    /// <summary>The words for a phase.</summary>
    public static string Of(RunPhase phase) => WordPolicy.Words(phase.ToString());

    private sealed class WordPolicy : JsonNamingPolicy
    {
        public static string Words(string name) => SnakeCaseLower.ConvertName(name).Replace('_', ' ');

        public override string ConvertName(string name) => Words(name);
    }
}
