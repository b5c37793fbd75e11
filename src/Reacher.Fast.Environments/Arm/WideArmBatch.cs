using Reacher.Fast.Core.Memory;
using Reacher.Fast.Core.Vectors;
using static Reacher.Fast.Environments.Arm.ArmModel;

namespace Reacher.Fast.Environments.Arm;

/// <summary>
/// Arms in blocks of one per lane, in single precision. The last block may have idle lanes: they hold arms at rest, are
/// stepped like the others, and are never read. What turns for a whole episode, the goal's angle, is kept in double precision.
/// </summary>
/// <typeparam name="T">The vector width.</typeparam>
internal sealed unsafe class WideArmBatch<T> : ArmBatch
    where T : unmanaged, ISimd<T>
{
    private readonly AlignedMemory<float> blocks;
    private readonly AlignedMemory<WideJoints<T>> joints;
    private readonly Goal[] goals;
    private readonly uint[] kicked; // a bit per lane of each block

    /// <summary>Arms at reset, their goals at 0 degrees and still.</summary>
    public WideArmBatch(int count, float goalHeight, float goalSize)
        : base(count, goalHeight, goalSize)
    {
        int blockCount = (count + T.Count - 1) / T.Count;
        blocks = new AlignedMemory<float>(blockCount * Rows.Count * T.Count);
        joints = new AlignedMemory<WideJoints<T>>(1);
        goals = new Goal[blockCount * T.Count];
        kicked = new uint[blockCount];
        for (int i = 0; i < goals.Length; i++)
        {
            Place(i, ArmState.AtReset);
            goals[i] = new Goal(0, 0);
        }
    }

    /// <inheritdoc/>
    public override InstructionSet InstructionSet => T.InstructionSet;

    /// <inheritdoc/>
    public override void Reset(int arm, float goalDegree, float goalSpeed, bool kick = false)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)arm, (uint)Count);
        if (kick)
        {
            HoldTorqueAxes(arm);
            kicked[arm / T.Count] |= 1u << (arm % T.Count);
        }
        else
        {
            kicked[arm / T.Count] &= ~(1u << (arm % T.Count));
        }

        Place(arm, ArmState.AtReset);
        goals[arm] = new Goal(goalDegree, goalSpeed);
    }

    /// <inheritdoc/>
    public override void Load(int arm, ReadOnlySpan<float> observation)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)arm, (uint)Count);
        kicked[arm / T.Count] &= ~(1u << (arm % T.Count));
        Place(arm, ArmState.FromObservation(observation));
        goals[arm] = new Goal(GoalDegree(observation), observation[32]);
    }

    /// <inheritdoc/>
    public override void Step(ReadOnlySpan<float> actions, Span<float> rewards)
    {
        CheckStep(actions, rewards);
        float* memory = (float*)blocks.Address;
        WideJoints<T>* work = (WideJoints<T>*)joints.Address;
        for (int first = 0, index = 0; first < Count; first += T.Count, index++)
        {
            float* block = memory + (index * Rows.Count * T.Count);
            int lanes = Math.Min(T.Count, Count - first);
            bool kick = kicked[index] != 0;
            if (kick)
            {
                PrepareKick(index);
            }

            Begin(block, first, actions.Slice(first * ActionSize, lanes * ActionSize));
            for (int k = 0; k < StepsPerDecision; k++)
            {
                WideStep<T>.Step(block, work, GoalHeight, TouchDistance, kick && k == 0);
            }

            float* touches = block + (Rows.Touches * T.Count);
            for (int lane = 0; lane < lanes; lane++)
            {
                rewards[first + lane] = 0.01f * touches[lane];
                goals[first + lane].Advance();
            }
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public override void Observe(Span<float> observations)
    {
        CheckObserve(observations);
        float* memory = (float*)blocks.Address;
        for (int arm = 0; arm < Count; arm++)
        {
            float* lane = memory + (arm / T.Count * Rows.Count * T.Count) + (arm % T.Count);
            Span<float> o = observations.Slice(arm * ObservationSize, ObservationSize);
            for (int row = 0; row < KinematicSize; row++)
            {
                o[row] = lane[row * T.Count];
            }

            // Observed is the lower body's origin; stepped is its mass centre.
            (float x, float y, float z, float w) = (o[16], o[17], o[18], o[19]);
            const float Offset = (float)LowerMassCentre;
            o[13] -= Offset * (2 * ((x * y) - (z * w)));
            o[14] -= Offset * (1 - (2 * ((x * x) + (z * z))));
            o[15] -= Offset * (2 * ((y * z) + (x * w)));
            ref readonly Goal goal = ref goals[arm];
            (o[26], o[27], o[28]) = ((float)(GoalCircleRadius * goal.Sin), GoalHeight, (float)(GoalCircleRadius * goal.Cos));
            (o[29], o[30], o[31]) = (0, 1, 0);
            o[32] = goal.Speed;
        }

        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            blocks.Dispose();
            joints.Dispose();
        }

        base.Dispose(disposing);
    }

    private Span<float> Lane(int arm, int row) =>
        blocks.Span[((arm / T.Count * Rows.Count * T.Count) + (row * T.Count) + (arm % T.Count))..];

    private void Place(int arm, in ArmState state)
    {
        Span<float> lane = Lane(arm, 0);
        Write(state.Upper, lane[(Rows.Upper * T.Count)..]);
        Write(state.Lower, lane[(Rows.Lower * T.Count)..]);

        static void Write(in ArmBody body, Span<float> lane)
        {
            Write3(body.Position, lane[(Rows.Position * T.Count)..]);
            DoubleQuaternion q = body.Orientation;
            Write3(new(q.X, q.Y, q.Z), lane[(Rows.Orientation * T.Count)..]);
            lane[(Rows.Orientation + 3) * T.Count] = (float)q.W;
            Write3(body.AngularVelocity, lane[(Rows.AngularVelocity * T.Count)..]);
            Write3(body.Velocity, lane[(Rows.Velocity * T.Count)..]);
        }
    }

    private static void Write3(Double3 v, Span<float> lane)
    {
        lane[0] = (float)v.X;
        lane[T.Count] = (float)v.Y;
        lane[2 * T.Count] = (float)v.Z;
    }

    private void Begin(float* block, int first, ReadOnlySpan<float> actions)
    {
        float* touches = block + (Rows.Touches * T.Count);
        T.Store(T.Create(0), touches);
        float* torque = block + (Rows.Torque * T.Count);
        for (int i = 0; i < actions.Length; i++)
        {
            torque[(i % ActionSize * T.Count) + (i / ActionSize)] = actions[i];
        }

        for (int row = 0; row < ActionSize; row++)
        {
            float* at = torque + (row * T.Count);
            T.Store(T.Create((float)Torque) * T.Max(T.Create(-1), T.Min(T.Create(1), T.Load(at))), at);
        }

        float* goal = block + (Rows.Goal * T.Count);
        for (int lane = 0; lane < actions.Length / ActionSize; lane++)
        {
            ref readonly Goal g = ref goals[first + lane];
            goal[lane] = (float)g.Sin;
            goal[T.Count + lane] = (float)g.Cos;
            goal[(2 * T.Count) + lane] = g.StepSin;
            goal[(3 * T.Count) + lane] = g.StepCos;
        }
    }

    private void HoldTorqueAxes(int arm)
    {
        Span<float> lane = Lane(arm, 0);
        Span<float> axes = lane[(Rows.TorqueAxes * T.Count)..];
        Write3(Orientation(lane[((Rows.Upper + Rows.Orientation) * T.Count)..]).AxisY, axes);
        Write3(Orientation(lane[((Rows.Lower + Rows.Orientation) * T.Count)..]).AxisY, axes[(3 * T.Count)..]);

        static DoubleQuaternion Orientation(Span<float> q) => new(q[0], q[T.Count], q[2 * T.Count], q[3 * T.Count]);
    }

    // A kicked block's other lanes meet the inertia they have.
    private void PrepareKick(int index)
    {
        for (int lane = 0; lane < T.Count; lane++)
        {
            if ((kicked[index] & (1u << lane)) == 0)
            {
                HoldTorqueAxes((index * T.Count) + lane);
            }
        }

        kicked[index] = 0;
    }

    // Sine and cosine of the goal's angle turn by complex multiplication, whose error stays near 1e-13 over an episode.
    private struct Goal
    {
        public double Sin;
        public double Cos;
        public readonly float StepSin;
        public readonly float StepCos;
        public readonly float Speed;
        private readonly double decisionSin;
        private readonly double decisionCos;

        public Goal(double degree, float speed)
        {
            Speed = speed;
            (Sin, Cos) = Math.SinCos(double.DegreesToRadians(degree));
            (double sin, double cos) = Math.SinCos(double.DegreesToRadians(speed));
            (StepSin, StepCos) = ((float)sin, (float)cos);
            (decisionSin, decisionCos) = Math.SinCos(double.DegreesToRadians(StepsPerDecision * (double)speed));
        }

        public void Advance() => (Sin, Cos) = ((Sin * decisionCos) + (Cos * decisionSin), (Cos * decisionCos) - (Sin * decisionSin));
    }
}
