def report(score, submission):
    print(f"score {score:.4f}, {len(submission)} rows")
