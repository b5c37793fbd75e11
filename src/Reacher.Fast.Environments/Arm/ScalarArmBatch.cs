using Reacher.Fast.Core.Vectors;
using static Reacher.Fast.Environments.Arm.ArmModel;

namespace Reacher.Fast.Environments.Arm;

/// <summary>The reference: one arm after another through <see cref="ScalarArm"/>, in double precision.</summary>
public sealed class ScalarArmBatch : ArmBatch
{
    private readonly Agent[] agents;

    /// <summary>Arms at reset, their goals at 0 degrees and still.</summary>
    public ScalarArmBatch(int count, float goalHeight, float goalSize)
        : base(count, goalHeight, goalSize)
    {
        agents = new Agent[count];
        for (int i = 0; i < count; i++)
        {
            Reset(i, 0, 0);
        }
    }

    /// <inheritdoc/>
    public override InstructionSet InstructionSet => InstructionSet.Scalar;

    /// <summary>The state of one arm.</summary>
    public ArmState this[int arm]
    {
        get => agents[arm].State;
        set => agents[arm].State = value;
    }

    /// <inheritdoc/>
    public override void Reset(int arm, float goalDegree, float goalSpeed, bool kick = false)
    {
        ArmState before = agents[arm].State;
        agents[arm] = new Agent
        {
            State = ArmState.AtReset,
            UpperFrame = before.Upper.Orientation,
            LowerFrame = before.Lower.Orientation,
            Kick = kick,
            Degree = goalDegree,
            Speed = goalSpeed,
        };
    }

    /// <inheritdoc/>
    public override void Load(int arm, ReadOnlySpan<float> observation)
    {
        agents[arm] = new Agent
        {
            State = ArmState.FromObservation(observation),
            Degree = GoalDegree(observation),
            Speed = observation[32],
        };
    }

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<float> actions, Span<float> rewards)
    {
        CheckStep(actions, rewards);
        for (int i = 0; i < agents.Length; i++)
        {
            ref Agent agent = ref agents[i];
            ReadOnlySpan<float> action = actions.Slice(i * ActionSize, ActionSize);
            int touches = 0;
            for (int k = 0; k < StepsPerDecision; k++)
            {
                // The goal moves first; the hand is where it stands before this step's physics.
                agent.Steps++;
                if ((agent.State.Hand - Goal(agent)).Length < TouchDistance)
                {
                    touches++;
                }

                agent.State = agent.Kick
                    ? ScalarArm.Step(agent.State, action, agent.UpperFrame, agent.LowerFrame)
                    : ScalarArm.Step(agent.State, action);
                agent.Kick = false;
            }

            rewards[i] = 0.01f * touches;
        }
    }

    /// <inheritdoc/>
    public override void Observe(Span<float> observations)
    {
        CheckObserve(observations);
        for (int i = 0; i < agents.Length; i++)
        {
            Span<float> o = observations.Slice(i * ObservationSize, ObservationSize);
            agents[i].State.WriteObservation(o);
            Double3 goal = Goal(agents[i]);
            (o[26], o[27], o[28]) = ((float)goal.X, (float)goal.Y, (float)goal.Z);
            (o[29], o[30], o[31]) = (0, 1, 0);
            o[32] = (float)agents[i].Speed;
        }
    }

    private Double3 Goal(in Agent agent)
    {
        (double sin, double cos) = Math.SinCos(double.DegreesToRadians(agent.Degree + (agent.Steps * agent.Speed)));
        return new(GoalCircleRadius * sin, GoalHeight, GoalCircleRadius * cos);
    }

    private struct Agent
    {
        public ArmState State;
        public DoubleQuaternion UpperFrame;
        public DoubleQuaternion LowerFrame;
        public bool Kick;
        public double Degree;
        public double Speed;
        public long Steps;
    }
}
