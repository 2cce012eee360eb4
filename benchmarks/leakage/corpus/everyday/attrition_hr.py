import sys
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import accuracy_score, recall_score


def read(p):
    hr = pd.read_csv(p)
    hr["left"] = hr["Attrition"].map({"Yes": 1, "No": 0})
    hr["years_ratio"] = hr["YearsInCurrentRole"] / (hr["YearsAtCompany"] + 1)
    hr["travel"] = hr["BusinessTravel"].map({"Non-Travel": 0, "Travel_Rarely": 1, "Travel_Frequently": 2})
    hr["overtime"] = (hr["OverTime"] == "Yes").astype(int)
    return hr


COLS = [
    "Age", "DistanceFromHome", "MonthlyIncome", "JobLevel", "JobSatisfaction",
    "years_ratio", "travel", "overtime", "NumCompaniesWorked",
]


def carve(hr):
    learn = hr.sample(frac=0.8, random_state=10)
    hold = hr.sample(frac=0.2, random_state=20)  # expect: L202
    return learn, hold


def forest(depth=9):
    return RandomForestClassifier(n_estimators=400, max_depth=depth, class_weight="balanced", random_state=0)


def show(tag, truth, guess):
    print(tag, "acc %.3f" % accuracy_score(truth, guess), "recall %.3f" % recall_score(truth, guess))


def main():
    hr = read(sys.argv[1] if len(sys.argv) > 1 else "hr.csv")
    print("leavers:", hr["left"].sum(), "of", len(hr))
    learn, hold = carve(hr)
    rf = forest()
    rf.fit(learn[COLS], learn["left"])
    show("holdout", hold["left"], rf.predict(hold[COLS]))
    imp = sorted(zip(rf.feature_importances_, COLS), reverse=True)
    for v, c in imp:
        print("  %-22s %.3f" % (c, v))


if __name__ == "__main__":
    main()
